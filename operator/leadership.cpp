#include "operator/leadership.h"

#include "base/ids.h"
#include "base/log.h"
#include "net/thread_name.h"
#include "operator/ledger_mark.h"
#include "operator/start_up.h"
#include "store/epoch.h"

namespace pedigree::control {
namespace {

constexpr const char* lease_name = "pedigree-operator";

} // namespace

std::string Leadership::activity_progress(const std::string& experiment_uid) const {
    const auto held = leader_.lock();
    return *held ? (*held)->activity_progress(experiment_uid) : std::string();
}

// `left`: what the Lease's last holder wrote on it.
Status Leadership::take(const k8s::LeaseAnnotations& left) {
    TRY(parts_.migrate()); // a new database may stand where the old one was
    OutsideLedger& outside = parts_.outside;
    TRY(const TakenOver taken, take_over(parts_.pool, outside.read(left), parts_.options.pod_name));
    if (!taken.behind.empty()) {
        outside.say_behind(taken.behind, taken.missing);
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

void Leadership::begin(const k8s::LeaseAnnotations& left, std::stop_token over) {
    net::name_this_thread("lead");
    const Status begun = wait_until_there(
        {.what = "PostgreSQL, to lead",
         .action = [&] { return take(left); },
         .passing = [](const Error& error) { return error.reason != store::stale_epoch_reason; },
         .meanwhile = Meanwhile::Noted},
        parts_.readiness, over);
    if (!begun && !over.stop_requested()) {
        parts_.give_up(Error(begun.error()).within("starting to lead"));
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
