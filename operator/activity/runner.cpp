#include "operator/activity/runner.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/failpoint.h"
#include "base/ids.h"
#include "base/log.h"
#include "net/thread_name.h"

namespace pedigree::control {
namespace {

k8s::ObjectKey queue_key(const PendingActivity& activity) {
    return {activity.name_space, activity.experiment_uid + "/" + activity.row.key};
}

records::work::WorkFailure failure_of(const Error& error) {
    const bool hopeless = error.code == ErrorCode::InvalidInput ||
                          error.code == ErrorCode::NotFound || error.code == ErrorCode::Forbidden;
    return {hopeless ? "Configuration" : "Infrastructure",
            error.reason.empty() ? std::string(to_string(error.code)) : error.reason,
            error.message};
}

} // namespace

ActivityRunner::ActivityRunner(State& state, Worker& worker, const InputMaker& inputs,
                               const Clock& clock,
                               std::function<void(const PendingActivity&)> finished,
                               RunnerOptions options)
    : state_(state), worker_(worker), inputs_(inputs), clock_(clock),
      finished_(std::move(finished)), options_(options) {}

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
                                    *activity.row.not_before - clock_.now()));
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
    if (const auto history = state_.load(activity.experiment_uid)) {
        const ActivityRow* row = history->activity(activity.row.key);
        if (row != nullptr && row->state != ActivityState::Wanted) {
            finished_(activity);
            return std::nullopt;
        }
    }
    const auto order = inputs_.make(activity);
    if (!order) {
        return conclude(activity, failure_of(order.error()));
    }
    const std::string progress_key = activity.experiment_uid + "/" + activity.row.key;
    const auto on_progress = [&](const records::work::Progress& progress) {
        progress_.lock()->insert_or_assign(progress_key, sentence(progress));
        finished_(activity);
    };
    const auto answer = worker_.run(order->request, *order->input, on_progress, stop);
    progress_.lock()->erase(progress_key);
    if (stop.stop_requested()) {
        return std::nullopt; // the row still says Wanted: the next start goes on
    }
    if (!answer) {
        return conclude(activity, failure_of(answer.error()));
    }
    if (const auto* failed = std::get_if<records::work::WorkFailure>(&*answer)) {
        const bool overdue = clock_.now() > activity.row.wanted_at + order->give_up_after;
        records::work::WorkFailure verdict = *failed;
        if (verdict.failure_class == "Infrastructure" && overdue) {
            verdict.failure_class = "Deadline";
        }
        return conclude(activity, std::move(verdict));
    }
    const Status stored = succeed(activity, *order->input, std::get<Json>(*answer));
    if (!stored) {
        log_warning("an activity's outcome could not be stored",
                    {{"activity", activity.row.key}, {"error", stored.error().message}});
        return options_.retry_first;
    }
    finished_(activity);
    return std::nullopt;
}

Status ActivityRunner::succeed(PendingActivity& activity, const Json& input, const Json& outcome) {
    failpoint("activity.outcome");
    activity.row.state = ActivityState::Succeeded;
    activity.row.outcome_json = canonical_json(outcome);
    activity.row.failure_class.clear();
    activity.row.reason.clear();
    activity.row.message.clear();
    activity.row.tries += 1;
    if (activity.row.key.starts_with("BuildImage/")) {
        TRY(const auto built, records::work::build_image_outcome_from(outcome));
        const std::string repository = built.image.substr(0, built.image.find('@'));
        TRY(state_.remember_layers(repository, built.layers));
        const std::string base = string_or(input, "base"); // as the next build will ask for it
        if (!base.empty() && !built.base_inventory.empty()) {
            TRY(state_.remember_base_inventory(base, built.base_inventory));
        }
    }
    return state_.finish_activity(activity.experiment_uid, activity.row);
}

std::optional<std::chrono::milliseconds>
ActivityRunner::conclude(PendingActivity& activity, records::work::WorkFailure failed) {
    const bool again = failed.failure_class == "Infrastructure";
    activity.row.state = again ? ActivityState::Wanted : ActivityState::Failed;
    activity.row.failure_class = failed.failure_class;
    activity.row.reason = failed.reason;
    activity.row.message = redacted(failed.message);
    activity.row.tries += 1;
    std::chrono::milliseconds pause = options_.retry_first;
    for (std::int64_t i = 1; i < activity.row.tries && pause < options_.retry_max; ++i) {
        pause *= 2;
    }
    pause = std::min(pause, options_.retry_max);
    activity.row.not_before = clock_.now() + pause;
    const Status stored = state_.finish_activity(activity.experiment_uid, activity.row);
    log_info("an activity's try failed", {{"activity", activity.row.key},
                                          {"experiment", activity.experiment_uid},
                                          {"class", failed.failure_class},
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
