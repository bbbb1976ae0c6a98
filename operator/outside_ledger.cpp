#include "operator/outside_ledger.h"

#include <algorithm>

#include "base/log.h"
#include "base/text.h"

namespace pedigree::control {
namespace {

constexpr std::size_t shown_bytes_max = 500;
constexpr const char* ledger_note = "ledger";

} // namespace

std::vector<LedgerMark> OutsideLedger::read(const k8s::LeaseAnnotations& left) {
    if (const auto said = left.find(behind_annotation); said != left.end()) {
        say_behind(clean_text(said->second, shown_bytes_max), 0);
    }
    const auto found = left.find(mark_annotation);
    if (found == left.end()) {
        return {};
    }
    const auto mark = mark_from(found->second);
    if (!mark) {
        log_warning("the Lease's mark of the ledger cannot be read and is not compared",
                    {{"mark", clean_text(found->second, shown_bytes_max)}});
        return {};
    }
    return {*mark};
}

void OutsideLedger::moved(const LedgerMark& mark) {
    state_.lock()->mark = mark;
}

std::optional<LedgerMark> OutsideLedger::now() const {
    return state_.lock()->mark;
}

void OutsideLedger::say_behind(const std::string& why, std::int64_t missing) {
    log_error("the database is behind what was recorded; nothing that had finished is run again",
              {{"why", why}, {"missing", std::to_string(missing)}});
    readiness_.note(ledger_note, why + "; see docs/operate/restore.md, then take the annotation " +
                                     behind_annotation + " off the Lease");
    metrics_.set(Metric::LedgerBehind, static_cast<double>(std::max<std::int64_t>(missing, 1)));
    auto state = state_.lock();
    state->behind = why;
    state->written = false;
}

k8s::LeaseAnnotations OutsideLedger::annotations(const k8s::LeaseAnnotations& seen) {
    k8s::LeaseAnnotations ours;
    auto state = state_.lock();
    if (state->mark) {
        ours[mark_annotation] = to_text(*state->mark);
    }
    if (state->behind.empty()) {
        return ours;
    }
    const bool stands = seen.contains(behind_annotation);
    if (!stands && state->written) { // a person has read it
        log_info("the notice that the database is behind was taken off the Lease");
        readiness_.note(ledger_note, "");
        metrics_.set(Metric::LedgerBehind, 0);
        state->behind.clear();
        state->written = false;
        return ours;
    }
    state->written = stands;
    ours[behind_annotation] = state->behind;
    return ours;
}

} // namespace pedigree::control
