#include "operator/auxiliary/look.h"

#include <nlohmann/json.hpp>

#include "experiment/doubt.h"
#include "experiment/steps/refusal.h"
#include "operator/reconcile/pod_refusal.h"
#include "operator/reconcile/seen.h"
#include "pipeline/run/image.h"
#include "records/names.h"

namespace pedigree::control {
namespace {

using records::work::WorkFailure;

constexpr std::size_t last_lines_bytes_max = 700; // a condition's message holds 1,000

// Whole lines from the end: a traceback says last what went wrong.
std::string last_lines(std::string_view text) {
    while (text.ends_with('\n')) {
        text.remove_suffix(1);
    }
    if (text.size() > last_lines_bytes_max) {
        text.remove_prefix(text.size() - last_lines_bytes_max);
        const auto line = text.find('\n');
        text.remove_prefix(line == text.npos ? 0 : line + 1);
    }
    return std::string(text);
}

WorkFailure lost(const Json& job, const Json& pod) {
    for (const Json& condition : at_path(job, {"status", "conditions"})) {
        if (string_or(condition, "reason") == "DeadlineExceeded") {
            return {FailureClass::Infrastructure, "AuxiliaryDeadline",
                    "its pod was not done within " + std::to_string(auxiliary_seconds_max) + " s"};
        }
    }
    const std::string said = string_or(at_path(pod, {"status"}), "message");
    return {FailureClass::Infrastructure, "PodLost", said.empty() ? "its pod was lost" : said};
}

// Evicted, preempted, taken with its node: said by the cluster, whatever the container's exit code.
bool was_taken(const Json& pod) {
    for (const Json& condition : at_path(pod, {"status", "conditions"})) {
        if (string_or(condition, "type") == "DisruptionTarget" &&
            string_or(condition, "status") == "True") {
            return true;
        }
    }
    return k8s::is_being_deleted(pod) || !string_or(at_path(pod, {"status"}), "reason").empty();
}

const Json& container_of(const Json& pod) {
    static const Json none;
    const Json& statuses = at_path(pod, {"status", "containerStatuses"});
    return statuses.is_array() && !statuses.empty() ? statuses.front() : none;
}

const Json& container_state(const Json& pod) {
    return at_path(container_of(pod), {"state"});
}

// A digest behind a repository is a manifest's, and of those all names are known.
run::ImageMatch match_image(const AuxiliaryDemand& demand, const Json& pod) {
    run::ContainerFacts container;
    container.image_id = string_or(container_of(pod), "imageID");
    container.terminated = at_path(container_state(pod), {"terminated"}).is_object();
    run::ImageAsked asked{.digests = {run::digest_at_end(demand.image)}};
    asked.digests.insert(asked.digests.end(), demand.image_digests.begin(),
                         demand.image_digests.end());
    asked.all_known = demand.all_digests_known || container.image_id.find('@') != std::string::npos;
    return run::match_image(container, asked);
}

// What it came to is not what was asked for, well or not.
WorkFailure other_image(const AuxiliaryDemand& demand, const Json& pod) {
    return {FailureClass::Infrastructure, std::string(to_string(experiment::Doubt::ImageDiffers)),
            "the pod of Job " + demand.name + " ran the image " +
                run::digest_at_end(string_or(container_of(pod), "imageID")) + ", and " +
                run::digest_at_end(demand.image) + " was asked for; what it came to is not used"};
}

AuxiliaryLook failed(const AuxiliaryDemand& demand, const Json& job, const Json& pod) {
    const Json& ended = at_path(container_state(pod), {"terminated"});
    if (!ended.is_object() || was_taken(pod)) {
        return lost(job, pod);
    }
    if (string_or(ended, "reason") == "OOMKilled") {
        return WorkFailure{FailureClass::Configuration, demand.failed_reason,
                           "it needs more memory than " + demand.memory +
                               "; raise spec.resources.memory"};
    }
    const std::string words = last_lines(string_or(ended, "message"));
    return WorkFailure{FailureClass::Configuration, demand.failed_reason,
                       words.empty() ? "its pod ended with exit code " +
                                           std::to_string(integer_or(ended, "exitCode", -1))
                                     : words};
}

std::string waiting_words(const Json& pod) {
    const Json& waiting = at_path(container_state(pod), {"waiting"});
    if (waiting.is_object()) {
        const std::string said = string_or(waiting, "message");
        return string_or(waiting, "reason") + (said.empty() ? "" : ": " + said);
    }
    for (const Json& condition : at_path(pod, {"status", "conditions"})) {
        if (string_or(condition, "type") == "PodScheduled" &&
            string_or(condition, "status") == "False") {
            return string_or(condition, "message");
        }
    }
    return "";
}

// Somebody made it before us: most likely we did, and the answer was lost. The next look compares.
Status make(k8s::Api& api, const k8s::ResourceType& type, const Json& object) {
    const auto created = api.create(type, object);
    const bool there = created || created.error().code == ErrorCode::AlreadyExists;
    return there ? Status{} : tl::unexpected<Error>(created.error());
}

Status make_if_absent(k8s::Api& api, const k8s::ResourceType& type, const Json& object) {
    const auto found = api.get(type, k8s::key_of(object));
    if (!found && found.error().code == ErrorCode::NotFound) {
        return make(api, type, object);
    }
    return found ? Status{} : tl::unexpected<Error>(found.error());
}

Status remove_if_there(k8s::Api& api, const k8s::ResourceType& type, const Json& object,
                       k8s::Propagation how) {
    const Status removed =
        api.remove(type, k8s::key_of(object), {.propagation = how, .uid = k8s::uid_of(object)});
    const bool gone = removed || removed.error().code == ErrorCode::NotFound;
    return gone ? Status{} : removed;
}

AuxiliaryLook without_pod(const experiment::PodRefusal& refusal, Instant now) {
    if (auto end = experiment::end_of(refusal, now)) {
        return WorkFailure{end->failure_class, std::move(end->reason), std::move(end->message)};
    }
    return AuxiliaryRuns{experiment::shown(refusal.words)};
}

Result<k8s::Object> pod_of(k8s::Api& api, const AuxiliaryDemand& demand,
                           const std::string& job_uid) {
    TRY(const auto pods,
        api.list(k8s::pods,
                 {.name_space = demand.name_space,
                  .label_selector = std::string(records::auxiliary_label) + "=" + demand.name}));
    for (const k8s::Object& pod : pods.items) {
        if (k8s::controller_uid_of(*pod) == job_uid) {
            return pod;
        }
    }
    return k8s::Object();
}

// Neither its name nor its owner says so, which others can write.
bool is_own(const AuxiliaryDemand& demand, const Json& job) {
    return !demand.nonce.empty() &&
           k8s::annotation_of(job, records::intent_annotation) == demand.nonce;
}

} // namespace

AuxiliaryLook judge_auxiliary(const AuxiliaryDemand& demand, const Json& job, const Json& pod) {
    const experiment::JobSeen seen = job_from(job, demand.experiment_uid);
    // The next try has another name.
    if (!is_own(demand, job)) {
        return WorkFailure{FailureClass::Infrastructure, "JobNameTaken",
                           "a Job named " + demand.name + " is in namespace " + demand.name_space +
                               " that pedigree did not make; it is not used; whoever made it "
                               "should delete it: kubectl -n " +
                               demand.name_space + " delete job " + demand.name};
    }
    if (!seen.finished) {
        return AuxiliaryRuns{waiting_words(pod)};
    }
    const run::ImageMatch image = match_image(demand, pod);
    if (image == run::ImageMatch::Other) {
        return other_image(demand, pod);
    }
    if (seen.failed_reason.empty()) { // its pod may be gone, and what it showed
        return AuxiliarySucceeded{.image_unread = image != run::ImageMatch::Same};
    }
    return failed(demand, job, pod);
}

Result<AuxiliaryLook> look_at(k8s::Api& api, const AuxiliaryDemand& demand, Instant now) {
    const auto job = api.get(k8s::jobs, {demand.name_space, demand.name});
    if (!job && job.error().code == ErrorCode::NotFound) {
        // Before there is a pod.
        TRY(make_if_absent(api, network_policies, build_network_policy(demand)));
        TRY(make(api, k8s::jobs, build_auxiliary_job(demand)));
        return AuxiliaryRuns{};
    }
    TRY(const Json found, job);
    TRY(const k8s::Object pod, pod_of(api, demand, k8s::uid_of(found)));
    AuxiliaryLook look = judge_auxiliary(demand, found, pod ? *pod : Json());
    if (pod || !std::holds_alternative<AuxiliaryRuns>(look)) {
        return look;
    }
    const auto refusal = pod_refusal_of(api, demand.name_space, k8s::uid_of(found), now);
    return refusal ? without_pod(*refusal, now) : look;
}

// A Job that is deleted stays until its pod is over.
Result<bool> end_auxiliary_jobs(k8s::Api& api, const std::string& name_space,
                                const std::string& experiment_uid) {
    const k8s::ListOptions ours{.name_space = name_space,
                                .label_selector = records::auxiliary_label};
    TRY(const auto jobs, api.list(k8s::jobs, ours));
    bool all_over = true;
    for (const k8s::Object& job : jobs.items) {
        if (k8s::controller_uid_of(*job) != experiment_uid ||
            job_from(*job, experiment_uid).finished) {
            continue;
        }
        all_over = false;
        if (!k8s::is_being_deleted(*job)) {
            TRY(remove_if_there(api, k8s::jobs, *job, k8s::Propagation::Foreground));
        }
    }
    if (!all_over) {
        return false;
    }
    TRY(const auto policies, api.list(network_policies, ours));
    for (const k8s::Object& policy : policies.items) {
        if (k8s::controller_uid_of(*policy) == experiment_uid) {
            TRY(remove_if_there(api, network_policies, *policy, k8s::Propagation::Background));
        }
    }
    return true;
}

Result<std::string> log_of(k8s::Api& api, const AuxiliaryDemand& demand, std::size_t bytes_max) {
    TRY(const Json job, api.get(k8s::jobs, {demand.name_space, demand.name}));
    if (!is_own(demand, job)) {
        return failure(ErrorCode::Unavailable, "Job " + demand.name + " is another one now");
    }
    TRY(const k8s::Object pod, pod_of(api, demand, k8s::uid_of(job)));
    if (!pod) {
        return failure(ErrorCode::Unavailable, "the pod of Job " + demand.name + " is gone");
    }
    std::string log;
    TRY(api.pod_log(k8s::key_of(*pod), {.container = auxiliary_container},
                    [&](std::string_view piece) -> Status {
                        log += piece;
                        return log.size() <= bytes_max
                                   ? Status{}
                                   : failure(ErrorCode::TooLarge, "the log of Job " + demand.name +
                                                                      " is larger than it may be");
                    },
                    {}));
    return log;
}

} // namespace pedigree::control
