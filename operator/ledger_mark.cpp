#include "operator/ledger_mark.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "lineage/ledger.h"
#include "store/epoch.h"

namespace pedigree::control {
namespace {

constexpr JsonLimits mark_limits{.bytes_max = 1024, .depth_max = 2};
// No leader ever has had such a number: one that says so is not believed, since the next epoch is
// counted from it.
constexpr std::int64_t epoch_max = std::int64_t{1} << 48;

} // namespace

std::string to_text(const LedgerMark& mark) {
    return canonical_json(
        Json{{"epoch", mark.epoch}, {"size", mark.size}, {"root", mark.root.text()}});
}

std::optional<LedgerMark> mark_from(std::string_view text) {
    const auto document = parse_json(text, mark_limits);
    if (!document || !document->is_object()) {
        return std::nullopt;
    }
    LedgerMark mark;
    mark.epoch = integer_or(*document, "epoch", -1);
    mark.size = integer_or(*document, "size", -1);
    const auto root = Digest::parse(string_or(*document, "root"));
    if (!root || mark.epoch < 0 || mark.epoch > epoch_max || mark.size < 0) {
        return std::nullopt;
    }
    mark.root = *root;
    return mark;
}

std::string contradiction(const LedgerMark& mark, const LedgerAtMark& database) {
    if (database.size < mark.size) {
        return fmt::format("the ledger has {} entries, but {} were numbered under epoch {}: the "
                           "database was put back to an earlier state, or is a new one",
                           database.size, mark.size, mark.epoch);
    }
    if (mark.size > 0 && database.root != mark.root) {
        return fmt::format("the first {} entries of the ledger are not those that were numbered "
                           "under epoch {}: the database was put back to an earlier state and "
                           "written on, or is another one",
                           mark.size, mark.epoch);
    }
    return "";
}

namespace {

Status look_for(const LedgerMark& mark, store::Transaction& transaction,
                const lineage::LedgerHead& head, Behind& behind) {
    TRY(const auto root, lineage::root_at(transaction, mark.size));
    const std::string why = contradiction(mark, {head.size, root});
    if (behind.why.empty()) {
        behind.why = why;
    }
    behind.missing = std::max(behind.missing, mark.size - head.size);
    return {};
}

} // namespace

Result<Behind> compare(store::Pool& pool, const LedgerMark& mark) {
    TRY(auto transaction, pool.begin({.access = store::Access::ReadOnly}));
    TRY(const auto head, lineage::ledger_head(transaction));
    Behind behind;
    TRY(look_for(mark, transaction, head, behind));
    return behind;
}

Result<TakenOver> take_over(store::Pool& pool, const std::vector<LedgerMark>& outside,
                            std::string_view holder) {
    TakenOver taken;
    std::int64_t known = 0;
    for (const LedgerMark& mark : outside) {
        known = std::max(known, mark.epoch);
    }
    // First, so that no earlier leader numbers anything while we look.
    TRY(taken.epoch, store::claim_epoch(pool, holder, known));
    TRY(auto transaction, pool.begin({.access = store::Access::ReadOnly}));
    TRY(const auto head, lineage::ledger_head(transaction));
    taken.mark = {taken.epoch.number, head.size, head.root};
    for (const LedgerMark& mark : outside) {
        TRY(look_for(mark, transaction, head, taken.behind));
    }
    return taken;
}

} // namespace pedigree::control
