#include "operator/leadership.h"

#include "base/ids.h"
#include "base/log.h"
#include "base/pause.h"
#include "net/thread_name.h"
#include "operator/ledger_mark.h"
#include "operator/start_up.h"
#include "store/connection.h"
#include "store/epoch.h"

namespace pedigree::control {
namespace {

constexpr const char* lease_name = "pedigree-operator";
constexpr std::chrono::seconds mark_every{10};

} // namespace

std::string Leadership::activity_progress(const std::string& experiment_uid) const {
    const auto held = leader_.lock();
    return *held ? (*held)->activity_progress(experiment_uid) : std::string();
}

// `left`: what the Lease's last holder wrote on it.
Status Leadership::take(const k8s::LeaseAnnotations& left, const std::stop_token& over) {
    TRY(parts_.migrate()); // a new database may stand where the old one was
    OutsideLedger& outside = parts_.outside;
    std::vector<LedgerMark> known = outside.read(left);
    if (const auto mark = parts_.stored_mark.read(over)) {
        known.push_back(*mark);
    }
    TRY(const TakenOver taken, take_over(parts_.pool, known, parts_.options.pod_name));
    if (!taken.behind.why.empty()) {
        outside.say_behind(taken.behind.why, taken.behind.missing);
    }
    TRY(const DatabaseTime time, database_time(parts_.pool));
    parts_.clocks.begin(time);
    LeaderParts parts = parts_.leader_parts();
    parts.numbered = [&outside, number = taken.epoch.number](const lineage::LedgerHead& head) {
        outside.moved({number, head.size, head.root});
    };
    outside.moved(taken.mark);
    TRY(auto started, Leader::start(std::move(parts), taken.epoch));
    log_info("leading", {{"epoch", std::to_string(taken.epoch.number)},
                         {"entries", std::to_string(taken.mark.size)}});
    *leader_.lock() = std::move(started);
    return {};
}

// The store was away when this turn began: what it held is compared now. An epoch that is not
// beyond all others is claimed by another process, which knows of it from the start.
Status Leadership::compare_late(const LedgerMark& found, std::int64_t our_epoch) {
    TRY(const Behind behind, compare(parts_.pool, found));
    if (!behind.why.empty()) {
        parts_.outside.say_behind(behind.why, behind.missing);
    }
    if (found.epoch >= our_epoch) {
        return failure(ErrorCode::Conflict, "the artifact store knows of epoch " +
                                                std::to_string(found.epoch) + ", ours is " +
                                                std::to_string(our_epoch));
    }
    return {};
}

void Leadership::keep_mark(const std::stop_token& over) {
    std::optional<LedgerMark> found; // and not compared yet
    while (pause_for(mark_every, over)) {
        const auto now = parts_.outside.now();
        if (now && !found) {
            found = parts_.stored_mark.settle(*now, over);
        }
        const Status compared = found ? compare_late(*found, now->epoch) : Status();
        if (compared) {
            found.reset();
        } else if (compared.error().reason != store::away_reason) {
            parts_.give_up(compared.error());
            return;
        }
    }
}

void Leadership::begin(const k8s::LeaseAnnotations& left, std::stop_token over) {
    net::name_this_thread("lead");
    const Status begun = wait_until_there(
        {.what = "PostgreSQL, to lead",
         .action = [&] { return take(left, over); },
         .passing = [](const Error& error) { return error.reason != store::stale_epoch_reason; },
         .meanwhile = Meanwhile::Noted},
        parts_.readiness, over);
    if (!begun && !over.stop_requested()) {
        parts_.give_up(Error(begun.error()).within("starting to lead"));
    } else if (begun) {
        keep_mark(over);
    }
}

Status Leadership::hold(std::stop_token stop) {
    const k8s::LeaseOptions lease{
        .lease = {parts_.options.name_space, lease_name},
        .identity = parts_.options.pod_name + "_" + random_uuid(),
        .annotations = [this](const auto& seen) { return parts_.outside.annotations(seen); }};
    TRY(k8s::LeaseElector::check(lease));
    k8s::LeaseElector elector(parts_.lease_api, parts_.machine_clock, lease);
    std::jthread beginner;
    const auto acquired = [&] {
        beginner = std::jthread([this, left = elector.annotations()](std::stop_token over) {
            begin(left, std::move(over));
        });
    };
    const auto lost = [this] {
        parts_.give_up(Error(ErrorCode::Conflict, "the leader's lease is lost"));
    };
    k8s::hold_lease(elector, lease, {.acquired = acquired, .lost = lost, .holder_changed = {}},
                    std::move(stop));
    beginner = std::jthread(); // stops and joins
    std::unique_ptr<Leader> retired = std::move(*leader_.lock());
    retired.reset();
    if (elector.held(std::chrono::steady_clock::now())) {
        if (const Status released = elector.release(); !released) {
            log_warning("the lease was not given back", {{"error", released.error().message}});
        }
    }
    return {};
}

} // namespace pedigree::control
