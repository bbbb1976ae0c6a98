#include "operator/activity/runner.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/failpoint.h"
#include "base/ids.h"
#include "base/log.h"
#include "experiment/activity.h"
#include "net/thread_name.h"
#include "operator/auxiliary/look.h"
#include "operator/auxiliary/wheel_build.h"
#include "records/names.h"

namespace pedigree::control {
namespace {

k8s::ObjectKey queue_key(const PendingActivity& activity) {
    return {activity.name_space, activity.experiment_uid + "/" + activity.row.key};
}

records::work::WorkFailure failure_of(const Error& error) {
    const bool hopeless = error.code == ErrorCode::InvalidInput ||
                          error.code == ErrorCode::NotFound || error.code == ErrorCode::Forbidden;
    return {hopeless ? FailureClass::Configuration : FailureClass::Infrastructure,
            error.reason.empty() ? std::string(to_string(error.code)) : error.reason,
            error.message};
}

// False: to be asked again after a while.
bool have_jobs_ended(k8s::Api& api, const PendingActivity& activity) {
    const auto ended = end_auxiliary_jobs(api, activity.name_space, activity.experiment_uid);
    if (!ended) {
        log_warning("auxiliary Jobs could not be ended",
                    {{"experiment", activity.experiment_uid}, {"error", ended.error().message}});
    }
    return ended && *ended;
}

} // namespace

ActivityRunner::ActivityRunner(RunnerParts parts,
                               std::function<void(const PendingActivity&)> finished,
                               RunnerOptions options)
    : parts_(parts), finished_(std::move(finished)), options_(options) {}

ActivityRunner::~ActivityRunner() {
    for (std::jthread& thread : threads_) {
        thread.request_stop();
    }
    queue_.shut_down(std::chrono::seconds(5));
}

void ActivityRunner::start() {
    for (std::size_t i = 0; i < options_.threads; ++i) {
        threads_.emplace_back([this, i](std::stop_token stop) {
            net::name_this_thread(fmt::format("activity-{}", i));
            work(std::move(stop));
        });
    }
}

void ActivityRunner::begin(const PendingActivity& activity) {
    const k8s::ObjectKey key = queue_key(activity);
    if (!pending_.lock()->try_emplace(key, activity).second) {
        return; // it waits, or is in work
    }
    std::chrono::milliseconds after{0};
    if (activity.row.not_before) {
        after = std::max(after, std::chrono::ceil<std::chrono::milliseconds>(
                                    *activity.row.not_before - parts_.clock.now()));
    }
    queue_.add(key, k8s::Priority::Normal, after);
}

std::string ActivityRunner::progress_of(const std::string& experiment_uid,
                                        const std::string& key) const {
    auto known = progress_.lock();
    const auto found = known->find(experiment_uid + "/" + key);
    return found == known->end() ? "" : found->second;
}

void ActivityRunner::work(std::stop_token stop) {
    while (const auto key = queue_.take()) {
        const auto activity = pending_.with([&](auto& pending) -> std::optional<PendingActivity> {
            const auto found = pending.find(*key);
            return found == pending.end() ? std::nullopt : std::optional(found->second);
        });
        if (activity && !stop.stop_requested()) {
            const auto after = try_once(*activity, stop);
            if (after && !stop.stop_requested()) {
                queue_.add(*key, k8s::Priority::Normal, *after);
            } else if (!after) {
                pending_.lock()->erase(*key);
            }
        }
        queue_.done(*key);
    }
}

std::optional<std::chrono::milliseconds> ActivityRunner::try_once(PendingActivity activity,
                                                                  std::stop_token stop) {
    // Begun again by a look that was older than its end, or stored by a commit whose answer was
    // lost.
    if (const auto history = parts_.state.load(activity.experiment_uid)) {
        const experiment::ActivityRow* row = history->activity(activity.row.key);
        if (row != nullptr && row->state != experiment::ActivityState::Wanted) {
            finished_(activity);
            return std::nullopt;
        }
        if (row != nullptr) {
            activity.row.outcome_json = row->outcome_json; // what a build waits for
        }
    }
    auto order = parts_.inputs.make(activity);
    if (order && !order->jobs.empty()) {
        const JobsLook look = look_at_jobs(activity, *order);
        if (!look.succeeded) {
            return look.again;
        }
        auto rest = parts_.inputs.make_after_jobs(activity, *order);
        if (!rest) {
            return refuse(activity, *order, failure_of(rest.error()));
        }
        order = std::move(rest);
    }
    if (!order) {
        return conclude(activity, failure_of(order.error()));
    }
    if (order->known) {
        return accept(activity, Json(), *order->known);
    }
    const auto on_progress = [&](const records::work::Progress& progress) {
        show(activity, sentence(progress));
    };
    const auto answer = parts_.worker.run(order->request, *order->input, on_progress, stop);
    progress_.lock()->erase(activity.experiment_uid + "/" + activity.row.key);
    if (stop.stop_requested()) {
        return std::nullopt; // the row still says Wanted: the next start goes on
    }
    if (!answer) {
        return conclude(activity, failure_of(answer.error()));
    }
    if (const auto* failed = std::get_if<records::work::WorkFailure>(&*answer)) {
        return refuse(activity, *order, *failed);
    }
    return accept(activity, *order->input, std::get<Json>(*answer));
}

void ActivityRunner::show(const PendingActivity& activity, std::string words) {
    progress_.lock()->insert_or_assign(activity.experiment_uid + "/" + activity.row.key,
                                       std::move(words));
    finished_(activity);
}

// No thread waits for a pod: it is looked at again after a while.
ActivityRunner::JobsLook ActivityRunner::look_at_jobs(PendingActivity& activity,
                                                      const ActivityOrder& order) {
    std::optional<std::string> waiting;
    for (const AuxiliaryDemand& job : order.jobs) {
        const auto look = look_at(parts_.api, job);
        if (!look && is_overdue(activity, order)) {
            return {.succeeded = false, .again = refuse(activity, order, failure_of(look.error()))};
        }
        if (!look) { // nothing is known, so nothing is concluded
            log_warning("an auxiliary Job could not be looked at",
                        {{"job", job.name}, {"error", look.error().message}});
            return {.succeeded = false, .again = options_.look_every};
        }
        if (const auto* failed = std::get_if<records::work::WorkFailure>(&*look)) {
            return {.succeeded = false, .again = refuse(activity, order, *failed)};
        }
        if (const auto* runs = std::get_if<AuxiliaryRuns>(&*look)) {
            waiting = runs->waiting.empty() ? "Job " + job.name + " runs" : runs->waiting;
        }
    }
    if (!waiting && have_jobs_ended(parts_.api, activity)) {
        progress_.lock()->erase(activity.experiment_uid + "/" + activity.row.key);
        return {.succeeded = true, .again = {}};
    }
    if (waiting && *waiting != progress_of(activity.experiment_uid, activity.row.key)) {
        show(activity, *waiting);
    }
    return {.succeeded = false, .again = options_.look_every};
}

std::optional<std::chrono::milliseconds>
ActivityRunner::accept(PendingActivity& activity, const Json& input, const Json& outcome) {
    if (!at_path(outcome, {"unbuilt"}).empty()) {
        return wait_for_wheels(activity, outcome);
    }
    const Status stored = succeed(activity, input, outcome);
    if (!stored) {
        log_warning("an activity's outcome could not be stored",
                    {{"activity", activity.row.key}, {"error", stored.error().message}});
        return options_.retry_first;
    }
    finished_(activity);
    return std::nullopt;
}

// The build is wanted still, and what it needs first stands in its row.
std::optional<std::chrono::milliseconds> ActivityRunner::wait_for_wheels(PendingActivity& activity,
                                                                         const Json& outcome) {
    activity.row.outcome_json = canonical_json(outcome);
    const Status stored = parts_.state.finish_activity(activity.experiment_uid, activity.row);
    return stored ? std::chrono::milliseconds(0) : options_.retry_first;
}

bool ActivityRunner::is_overdue(const PendingActivity& activity, const ActivityOrder& order) const {
    return parts_.clock.now() > activity.row.wanted_at + order.give_up_after;
}

// What is the cluster's or another server's fault is tried again, until the deadline.
std::optional<std::chrono::milliseconds> ActivityRunner::refuse(PendingActivity& activity,
                                                                const ActivityOrder& order,
                                                                records::work::WorkFailure failed) {
    if (failed.failure_class == FailureClass::Infrastructure && is_overdue(activity, order)) {
        failed.failure_class = FailureClass::Deadline;
    }
    return conclude(activity, std::move(failed));
}

Status ActivityRunner::succeed(PendingActivity& activity, const Json& input, const Json& outcome) {
    failpoint("activity.outcome");
    activity.row.state = experiment::ActivityState::Succeeded;
    activity.row.outcome_json = canonical_json(outcome);
    activity.row.failure_class = FailureClass::None;
    activity.row.reason.clear();
    activity.row.message.clear();
    activity.row.tries += 1;
    if (activity.row.key.starts_with("BuildImage/")) {
        TRY(const auto built, records::work::build_image_outcome_from(outcome));
        const std::string repository = built.image.substr(0, built.image.find('@'));
        TRY(parts_.state.remember_layers(repository, built.layers));
        const std::string base = string_or(input, "base"); // as the next build will ask for it
        TRY(parts_.state.remember_derived_wheels({repository, base, wheel_recipe},
                                                 built.derived_wheels));
        if (!built.wheel_plan.empty()) {
            TRY(parts_.state.remember_wheel_plan(
                {repository, base, built.lock_digest, string_or(input, "layerForm")},
                built.wheel_plan));
        }
        if (!base.empty() && !built.base_inventory.empty()) {
            TRY(parts_.state.remember_base_inventory(base, built.base_inventory));
        }
    }
    if (activity.row.key == experiment::imports_activity) {
        TRY(parts_.state.remember_imports(string_or(outcome, "key"), activity.experiment_uid));
    }
    return parts_.state.finish_activity(activity.experiment_uid, activity.row);
}

// An activity that has failed for good is wanted until none of its Jobs runs, so a crash in between
// leaves none behind. One that is tried again may only have been asked at a bad moment.
std::optional<std::chrono::milliseconds>
ActivityRunner::conclude(PendingActivity& activity, records::work::WorkFailure failed) {
    const bool again = failed.failure_class == FailureClass::Infrastructure;
    const bool has_jobs = activity.row.key == experiment::imports_activity ||
                          activity.row.key == experiment::build_activity;
    if (has_jobs && !again && !have_jobs_ended(parts_.api, activity)) {
        return options_.look_every;
    }
    activity.row.state =
        again ? experiment::ActivityState::Wanted : experiment::ActivityState::Failed;
    activity.row.failure_class = failed.failure_class;
    activity.row.reason = failed.reason;
    activity.row.message = redacted(failed.message);
    activity.row.tries += 1;
    std::chrono::milliseconds pause = options_.retry_first;
    for (std::int64_t i = 1; i < activity.row.tries && pause < options_.retry_max; ++i) {
        pause *= 2;
    }
    pause = std::min(pause, options_.retry_max);
    activity.row.not_before = parts_.clock.now() + pause;
    const Status stored = parts_.state.finish_activity(activity.experiment_uid, activity.row);
    log_info("an activity's try failed", {{"activity", activity.row.key},
                                          {"experiment", activity.experiment_uid},
                                          {"class", std::string(to_string(failed.failure_class))},
                                          {"reason", failed.reason},
                                          {"message", failed.message}});
    finished_(activity);
    if (!stored || again) {
        pending_.lock()->insert_or_assign(queue_key(activity), activity);
        return pause;
    }
    return std::nullopt;
}

} // namespace pedigree::control
