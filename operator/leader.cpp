#include "operator/leader.h"

#include <fmt/format.h>

#include "base/caught.h"
#include "base/log.h"
#include "experiment/activity.h"
#include "lineage/sequencer.h"
#include "net/thread_name.h"
#include "records/names.h"
#include "store/epoch.h"
#include "store/listener.h"

namespace pedigree::control {
namespace {

constexpr std::chrono::seconds drain_limit{30};

k8s::ObjectKey key_of(const PendingActivity& activity) {
    return {activity.name_space, activity.name};
}

} // namespace

Leader::Leader(LeaderParts parts, store::Epoch epoch)
    : parts_(std::move(parts)), histories_(parts_.pool, epoch), memory_(parts_.pool, epoch),
      inputs_({.histories = histories_,
               .memory = memory_,
               .api = parts_.api,
               .configuration = parts_.configuration,
               .credentials = parts_.credentials}),
      activities_({histories_, memory_, parts_.worker, parts_.api, inputs_, parts_.clock},
                  [this](const PendingActivity& activity) { finished(activity); },
                  {.threads = parts_.activity_threads}),
      events_(parts_.api, parts_.clock, "pedigree"),
      reconciler_(
          {.api = parts_.api,
           .cluster = parts_.caches,
           .state = histories_,
           .clock = parts_.clock,
           .configuration = parts_.configuration,
           .build = parts_.build,
           .operator_url = parts_.operator_url,
           .operator_ca_pem = parts_.operator_ca_pem,
           .begin_activity =
               [this](const PendingActivity& activity) { activities_.begin(activity); },
           .activity_progress =
               [this](const std::string& uid, const experiment::ActivityKey& key) {
                   return activities_.progress_of(uid, key);
               },
           .announce = [this](const k8s::Object& object,
                              const experiment::Decision& decision) { announce(object, decision); },
           .count_effect =
               [this](const std::string& name) { parts_.metrics.add(Metric::Effects, {name}); }}) {}

Result<std::unique_ptr<Leader>> Leader::start(LeaderParts parts, store::Epoch epoch) {
    std::unique_ptr<Leader> leader(new Leader(std::move(parts), epoch));
    TRY(const auto pending, leader->histories_.pending_activities());
    for (const PendingActivity& activity : pending) { // a look begins it, if it is wanted still
        leader->parts_.queue.add(key_of(activity));
    }
    TRY(const auto unreleased, leader->histories_.unreleased());
    for (const LeftOpen& left : unreleased) {
        leader->parts_.queue.add({left.name_space, left.name});
    }
    leader->parts_.caches.enqueue_all();
    leader->activities_.start();
    for (std::size_t i = 0; i < leader->parts_.reconcile_threads; ++i) {
        leader->threads_.emplace_back([raw = leader.get(), i](std::stop_token stop) {
            net::name_this_thread(fmt::format("reconcile-{}", i));
            raw->reconcile_loop(std::move(stop));
        });
    }
    leader->threads_.emplace_back([raw = leader.get(), epoch](std::stop_token stop) {
        net::name_this_thread("sequencer");
        raw->sequence_loop(std::move(stop), epoch);
    });
    return leader;
}

Leader::~Leader() {
    for (std::jthread& thread : threads_) {
        thread.request_stop();
    }
    parts_.queue.shut_down(drain_limit);
}

std::string Leader::activity_progress(const std::string& experiment_uid) const {
    for (const experiment::ActivityKey& key :
         {experiment::resolve_activity, experiment::build_activity, experiment::imports_activity,
          experiment::open_activity(0)}) {
        if (std::string text = activities_.progress_of(experiment_uid, key); !text.empty()) {
            return text;
        }
    }
    return "";
}

void Leader::reconcile_loop(std::stop_token stop) {
    while (!stop.stop_requested()) {
        const auto key = parts_.queue.take();
        if (!key) {
            return;
        }
        const auto begun = std::chrono::steady_clock::now();
        // One object that a library throws at must not take the others along.
        const auto result = caught([&] { return reconciler_.reconcile(*key); });
        const std::chrono::duration<double> lasted = std::chrono::steady_clock::now() - begun;
        parts_.metrics.observe(Metric::ReconcileSeconds, lasted.count());
        finish(*key, result);
        parts_.queue.done(*key);
    }
}

void Leader::finished(const PendingActivity& activity) {
    parts_.queue.add(key_of(activity));
    const std::chrono::duration<double> lasted = parts_.clock.now() - activity.row.wanted_at;
    parts_.metrics.observe(Metric::BuildSeconds, lasted.count(),
                           {to_string(activity.row.key.kind)});
}

void Leader::finish(const k8s::ObjectKey& key, const Result<ReconcileResult>& result) {
    if (result) {
        parts_.queue.forget(key);
        if (result->requeue) {
            parts_.queue.add(key);
        } else if (result->requeue_after) {
            parts_.queue.add(key, k8s::Priority::Normal, *result->requeue_after);
        }
        parts_.metrics.add(Metric::Reconciles, {result->requeue         ? "requeue"
                                                : result->requeue_after ? "requeue_after"
                                                                        : "success"});
        return;
    }
    const Error& error = result.error();
    parts_.metrics.add(Metric::Reconciles, {"error"});
    log_warning("reconcile failed and is tried again",
                {{"experiment", key.text()}, {"error", error.message}});
    if (error.reason == store::stale_epoch_reason) {
        parts_.give_up(error);
        return;
    }
    parts_.queue.retry(key);
}

void Leader::sequence_loop(std::stop_token stop, store::Epoch epoch) {
    lineage::Sequencer sequencer(parts_.sequencer_pool,
                                 {.epoch = epoch, .numbered = parts_.numbered});
    store::Listener listener(parts_.database_url, lineage::outbox_channel);
    const Status status = caught([&] { return sequencer.run(listener, stop); });
    if (!status && !stop.stop_requested()) {
        parts_.give_up(Error(status.error()).within("sequencer"));
    }
}

void Leader::announce(const k8s::Object& object, const experiment::Decision& decision) {
    const bool bad = decision.phase == experiment::Phase::Failed;
    parts_.metrics.add(Metric::PhaseChanges, {to_string(decision.phase)});
    events_.emit({.about = k8s::reference_to(*object),
                  .type = bad ? k8s::EventType::Warning : k8s::EventType::Normal,
                  .reason = decision.reason,
                  .message = decision.message});
}

} // namespace pedigree::control
