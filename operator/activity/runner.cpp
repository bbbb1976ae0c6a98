#include "operator/activity/runner.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/backoff.h"
#include "base/caught.h"
#include "base/failpoint.h"
#include "base/log.h"
#include "base/text.h"
#include "net/thread_name.h"
#include "operator/activity/kinds/kind.h"
#include "operator/auxiliary/look.h"

namespace pedigree::control {
namespace {

constexpr std::chrono::seconds after_exception{60};
// Of what others wrote: a server's words, a script's last lines.
constexpr std::size_t message_bytes_max = 4000;
constexpr std::size_t reason_bytes_max = 100;
constexpr std::size_t progress_bytes_max = 500;

std::string name_of(const PendingActivity& activity) {
    return activity.experiment_uid + "/" + activity.row.key.text();
}

k8s::ObjectKey queue_key(const PendingActivity& activity) {
    return {activity.name_space, name_of(activity)};
}

// Texts of an outcome reach tables that hold no NUL; what is no UTF-8 the parser has refused.
Json without_nul(Json value) {
    if (value.is_string()) {
        std::string& text = value.get_ref<std::string&>();
        for (auto at = text.find('\0'); at != std::string::npos; at = text.find('\0', at)) {
            text.replace(at, 1, "\xef\xbf\xbd"); // U+FFFD
        }
    } else if (value.is_structured()) {
        for (Json& element : value) {
            element = without_nul(std::move(element));
        }
    }
    return value;
}

// One thread is left to the others, however much one namespace wants.
std::size_t share_of(std::size_t threads) {
    return threads > 1 ? threads - 1 : 1;
}

// False: to be asked again after a while. What may not be asked at all is not waited for.
bool have_jobs_ended(k8s::Api& api, const PendingActivity& activity) {
    const auto ended = end_auxiliary_jobs(api, activity.name_space, activity.experiment_uid);
    if (!ended) {
        log_warning("auxiliary Jobs could not be ended",
                    {{"experiment", activity.experiment_uid}, {"error", ended.error().message}});
        return prospect_of(ended.error().code) == Prospect::Permanent;
    }
    return *ended;
}

} // namespace

ActivityRunner::ActivityRunner(RunnerParts parts,
                               std::function<void(const PendingActivity&)> finished,
                               RunnerOptions options)
    : parts_(parts), finished_(std::move(finished)), options_(options),
      queue_(share_of(options.threads)) {}

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
                                        const experiment::ActivityKey& key) const {
    auto known = progress_.lock();
    const auto found = known->find(experiment_uid + "/" + key.text());
    return found == known->end() ? "" : found->second;
}

void ActivityRunner::work(std::stop_token stop) {
    while (const auto key = queue_.take()) {
        const auto activity = pending_.with([&](auto& pending) -> std::optional<PendingActivity> {
            const auto found = pending.find(*key);
            return found == pending.end() ? std::nullopt : std::optional(found->second);
        });
        if (activity && !stop.stop_requested()) {
            const auto after = try_safely(*activity, stop);
            if (after && !stop.stop_requested()) {
                queue_.add(*key, k8s::Priority::Normal, *after);
            } else if (!after) {
                pending_.lock()->erase(*key);
            }
        }
        queue_.done(*key);
    }
}

// Begun again by a look that was older than its end, or stored by a commit whose answer was lost.
// Without knowing that, nothing may be done: a Job would be made that nobody wants any more.
Result<bool> ActivityRunner::refresh(PendingActivity& activity) {
    TRY(const auto history, parts_.histories.load(activity.experiment_uid));
    const experiment::ActivityRow* row = history.activity(activity.row.key);
    if (row != nullptr && row->state != experiment::ActivityState::Wanted) {
        return false;
    }
    if (row != nullptr) {
        activity.row.outcome_json = row->outcome_json; // what a build waits for
    }
    return true;
}

ActivityRunner::Again ActivityRunner::try_safely(const PendingActivity& activity,
                                                 std::stop_token stop) {
    const auto tried = caught([&]() -> Result<Again> { return try_once(activity, stop); });
    if (!tried) {
        log_error("an activity threw", {{"experiment", activity.experiment_uid},
                                        {"activity", activity.row.key.text()},
                                        {"error", tried.error().message}});
    }
    return tried ? *tried : Again(after_exception);
}

ActivityRunner::Again ActivityRunner::try_once(PendingActivity activity, std::stop_token stop) {
    const auto wanted = refresh(activity);
    if (!wanted) {
        return refuse_unread(activity, wanted.error());
    }
    if (!*wanted) {
        finished_(activity);
        return std::nullopt;
    }
    auto order = parts_.inputs.make(activity);
    if (order && !order->jobs.empty()) {
        JobsLook look = look_at_jobs(activity, *order);
        if (!look.succeeded) {
            return look.again;
        }
        order->images_unread = std::move(look.images_unread);
        order = parts_.inputs.make_after_jobs(activity, *order);
    }
    if (!order) {
        return refuse(activity, refusal_of(order.error()));
    }
    if (order->known) {
        return accept(activity, Json(), *order->known);
    }
    return do_order(activity, *order, std::move(stop));
}

// What may be read later is waited for; rows that never can be are an end.
ActivityRunner::Again ActivityRunner::refuse_unread(PendingActivity& activity, const Error& error) {
    if (prospect_of(error.code) == Prospect::Permanent) {
        return refuse(activity, refusal_of(error));
    }
    return options_.retry_first;
}

ActivityRunner::Again ActivityRunner::do_order(PendingActivity& activity,
                                               const ActivityOrder& order, std::stop_token stop) {
    const auto on_progress = [&](const records::work::Progress& progress) {
        show(activity, clean_text(sentence(progress), progress_bytes_max));
    };
    const auto answer = parts_.worker.run(order.request, *order.input, on_progress, stop);
    forget_progress(activity);
    if (stop.stop_requested()) {
        return std::nullopt; // the row still says Wanted: the next start goes on
    }
    if (!answer) {
        return refuse(activity, refusal_of(answer.error()));
    }
    if (const auto* failed = std::get_if<records::work::WorkFailure>(&*answer)) {
        return refuse(activity, refusal_of(*failed));
    }
    return accept(activity, *order.input, without_nul(std::get<Json>(*answer)));
}

void ActivityRunner::show(const PendingActivity& activity, std::string words) {
    progress_.lock()->insert_or_assign(name_of(activity), std::move(words));
    finished_(activity);
}

void ActivityRunner::forget_progress(const PendingActivity& activity) {
    progress_.lock()->erase(name_of(activity));
}

// No thread waits for a pod: it is looked at again after a while.
ActivityRunner::JobsLook ActivityRunner::look_at_jobs(PendingActivity& activity,
                                                      const ActivityOrder& order) {
    std::optional<std::string> waiting;
    std::set<std::string> images_unread;
    for (const AuxiliaryDemand& job : order.jobs) {
        const auto look = look_at(parts_.api, job, parts_.clock.now());
        if (!look) {
            return {.succeeded = false, .again = refuse_look(activity, job, look.error())};
        }
        if (const auto* failed = std::get_if<records::work::WorkFailure>(&*look)) {
            return {.succeeded = false, .again = refuse(activity, refusal_of(*failed))};
        }
        if (const auto* runs = std::get_if<AuxiliaryRuns>(&*look)) {
            waiting = runs->waiting.empty() ? "Job " + job.name + " runs"
                                            : clean_text(runs->waiting, progress_bytes_max);
        } else if (std::get<AuxiliarySucceeded>(*look).image_unread) {
            images_unread.insert(job.name);
        }
    }
    if (!waiting && have_jobs_ended(parts_.api, activity)) {
        forget_progress(activity);
        return {.succeeded = true, .again = {}, .images_unread = std::move(images_unread)};
    }
    if (is_overdue(activity)) { // held by a queue, or by a pod that does not go
        const records::work::WorkFailure late{FailureClass::Infrastructure, "AuxiliaryDeadline",
                                              waiting.value_or("its Jobs do not end")};
        return {.succeeded = false, .again = refuse(activity, refusal_of(late))};
    }
    if (waiting && *waiting != progress_of(activity.experiment_uid, activity.row.key)) {
        show(activity, *waiting);
    }
    return {.succeeded = false, .again = options_.look_every};
}

// What passes is looked at again, since nothing is known; a refusal to make the Job is an end.
ActivityRunner::Again ActivityRunner::refuse_look(PendingActivity& activity,
                                                  const AuxiliaryDemand& job, const Error& error) {
    if (prospect_of(error.code) != Prospect::Passing || is_overdue(activity)) {
        return refuse(activity, refusal_of(error));
    }
    log_warning("an auxiliary Job could not be looked at",
                {{"job", job.name}, {"error", error.message}});
    const std::string words = clean_text(error.message, progress_bytes_max);
    if (error.reason == k8s::quota_reason &&
        words != progress_of(activity.experiment_uid, activity.row.key)) {
        show(activity, words);
    }
    return options_.look_every;
}

ActivityRunner::Again ActivityRunner::accept(PendingActivity& activity, const Json& input,
                                             const Json& outcome) {
    PendingActivity done = activity;
    const bool partial = kind_of(activity.row.key.kind).is_partial(outcome);
    if (partial && canonical_json(outcome) == activity.row.outcome_json) {
        return refuse(activity, {Trouble::Unknown,
                                 {FailureClass::Infrastructure, "NoProgress",
                                  "what it asked for was given, and it asks for the same again"}});
    }
    const Status stored = partial ? keep_partial(done, outcome) : succeed(done, input, outcome);
    if (!stored && prospect_of(stored.error().code) != Prospect::Passing) {
        Refusal refusal = refusal_of(Error(stored.error()).within("its outcome cannot be kept"));
        refusal.failure.failure_class = FailureClass::Infrastructure;
        refusal.failure.reason = "OutcomeRefused";
        return refuse(activity, std::move(refusal));
    }
    if (!stored) {
        log_warning("an activity's outcome could not be stored",
                    {{"activity", name_of(activity)}, {"error", stored.error().message}});
        return options_.retry_first;
    }
    if (partial) {
        return std::chrono::milliseconds(0);
    }
    finished_(done);
    return std::nullopt;
}

// It is wanted still, and what it needs first stands in its row.
Status ActivityRunner::keep_partial(PendingActivity& activity, const Json& outcome) {
    activity.row.outcome_json = canonical_json(outcome);
    return parts_.histories.finish_activity(activity.experiment_uid, activity.row);
}

Status ActivityRunner::succeed(PendingActivity& activity, const Json& input, const Json& outcome) {
    failpoint("activity.outcome");
    activity.row.state = experiment::ActivityState::Succeeded;
    activity.row.outcome_json = canonical_json(outcome);
    activity.row.failure_class = FailureClass::None;
    activity.row.reason.clear();
    activity.row.message.clear();
    activity.row.tries += 1;
    activity.row.alike = 0;
    const Status kept =
        kind_of(activity.row.key.kind).remember(parts_.memory, {activity, input, outcome});
    if (!kept && prospect_of(kept.error().code) == Prospect::Permanent) { // only a memory
        log_warning("what an activity came to is not remembered for others",
                    {{"activity", name_of(activity)}, {"error", kept.error().message}});
    } else if (!kept) {
        return kept;
    }
    return parts_.histories.finish_activity(activity.experiment_uid, activity.row);
}

bool ActivityRunner::is_overdue(const PendingActivity& activity, std::chrono::seconds by) const {
    const auto limit = parts_.inputs.give_up_after(activity);
    return limit && parts_.clock.now() > activity.row.wanted_at + *limit + by;
}

// An activity that has failed for good is wanted until none of its Jobs runs, so a crash in between
// leaves none behind; a Job has a deadline of its own, and longer nothing waits for it. One that is
// tried again may only have been asked at a bad moment.
ActivityRunner::Again ActivityRunner::refuse(PendingActivity& activity, Refusal refusal) {
    const Verdict verdict = judge(std::move(refusal), activity.row, is_overdue(activity));
    const bool has_jobs = kind_of(activity.row.key.kind).has_jobs;
    if (has_jobs && !verdict.again && !have_jobs_ended(parts_.api, activity) &&
        !is_overdue(activity, std::chrono::seconds(auxiliary_seconds_max))) {
        return options_.look_every;
    }
    experiment::ActivityRow& row = activity.row;
    row.state =
        verdict.again ? experiment::ActivityState::Wanted : experiment::ActivityState::Failed;
    row.failure_class = verdict.failure.failure_class;
    row.reason = clean_text(verdict.failure.reason, reason_bytes_max);
    row.message = clean_text(verdict.failure.message, message_bytes_max, Lines::Keep);
    row.tries += 1;
    row.alike = verdict.alike;
    const auto pause = back_off(row.tries, {options_.retry_first, options_.retry_max});
    row.not_before = parts_.clock.now() + pause;
    const Status stored = parts_.histories.finish_activity(activity.experiment_uid, row);
    log_info("an activity's try failed", {{"activity", row.key.text()},
                                          {"experiment", activity.experiment_uid},
                                          {"class", to_string(row.failure_class)},
                                          {"reason", row.reason},
                                          {"message", row.message},
                                          {"again", verdict.again ? "yes" : "no"}});
    finished_(activity);
    if (!stored && prospect_of(stored.error().code) == Prospect::Permanent) {
        log_error("an activity's row cannot be kept", // its Experiment's is gone
                  {{"activity", name_of(activity)}, {"error", stored.error().message}});
        return std::nullopt;
    }
    if (!stored || verdict.again) {
        pending_.lock()->insert_or_assign(queue_key(activity), activity);
        return pause;
    }
    return std::nullopt;
}

} // namespace pedigree::control
