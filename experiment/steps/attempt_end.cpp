// From a running pod to a classified end: Started -> Ended.

#include <nlohmann/json.hpp>

#include "experiment/doubt.h"
#include "experiment/steps/attempt.h"
#include "experiment/steps/images.h"
#include "records/pod/bundle.h"

namespace pedigree::experiment {
namespace {

constexpr std::chrono::seconds unlabelled_look_every{5};

// What the recorder left in its termination message: the digest of its bundle.
std::string bundle_digest(const run::PodFacts& facts) {
    const auto document = parse_json(facts.recorder.message);
    if (!document) {
        return "";
    }
    const auto termination = records::pod::termination_from(*document);
    return termination ? termination->bundle_digest : "";
}

bool command_started(const run::PodFacts& facts) {
    return facts.train.running || facts.train.started_at || facts.train.terminated;
}

// What ran is recorded; where it is not what was asked for, nothing that it says of itself is.
void read_images(const Accepted& accepted, const JobSeen* job, const PodSeen* pod,
                 AttemptRow& attempt) {
    const ImagesSeen images =
        pod != nullptr ? look_at_images(accepted, job, *pod) : ImagesSeen{.unread = true};
    attempt.train_image = images.train;
    attempt.recorder_image = images.recorder;
    if (images.unread) {
        add_doubt(attempt, Doubt::ImageUnread);
    }
    if (has_doubt(attempt, Doubt::ImageDiffers)) {
        attempt.failure_class = FailureClass::Infrastructure;
        attempt.reason = to_string(Doubt::ImageDiffers);
        attempt.message = (images.other.empty() ? "a container ran another image than was asked for"
                                                : images.other) +
                          "; look who may change pods of the namespace, and whether the node's "
                          "runtime or a mirror puts other images in their place";
        attempt.trained = false;
        attempt.bundle_digest.clear();
    }
}

AttemptRow ended(const Accepted& accepted, AttemptRow attempt, const PodSeen* pod,
                 const JobSeen* job) {
    const auto facts = pod == nullptr ? std::nullopt : std::optional(pod->facts);
    const run::Verdict verdict =
        run::classify(facts, job == nullptr ? "JobDeleted" : job->failed_reason, std::nullopt);
    attempt.stage = AttemptStage::Ended;
    attempt.failure_class = verdict.failure_class;
    attempt.reason = verdict.reason;
    attempt.message = verdict.message;
    attempt.exit_code = verdict.exit_code;
    attempt.ended_at = accepted.seen.now;
    if (facts) {
        attempt.trained = command_started(*facts);
        attempt.bundle_digest = bundle_digest(*facts);
        attempt.ended_at =
            believable(attempt, facts->train.finished_at.value_or(accepted.seen.now), accepted);
    } else {
        attempt.trained = true; // unknown: look for a bundle all the same
    }
    // A pod that we stopped ends by a signal; that is our doing, not the user's code.
    if (const auto stop = stop_wanted(accepted, attempt);
        stop && attempt.failure_class != FailureClass::None) {
        attempt.failure_class = FailureClass::Cancelled;
        attempt.stop_reason = stop->reason;
        attempt.reason = to_string(stop->reason);
        attempt.message = stop->message;
    }
    read_images(accepted, job, pod, attempt);
    return attempt;
}

// What a pod that lives is doing, once its command was started; nothing if it still waits for that.
std::optional<Decision> doing_of(const AttemptRow& attempt, const PodSeen& pod,
                                 const JobSeen* job) {
    if (pod.facts.train.terminated) {
        return wait(Phase::Sealing, "CompletingRecord",
                    "the command has ended; the recorder completes the record");
    }
    if (job != nullptr && job->deleting) {
        return wait(Phase::Running, "Stopping", "waiting for the pod to end");
    }
    if (pod.facts.train.running) {
        return wait(Phase::Running, "Training",
                    "attempt " + std::to_string(attempt.number) + " trains on node " +
                        attempt.node_name);
    }
    return std::nullopt;
}

} // namespace

Decision await_end(const Accepted& accepted, const AttemptRow& attempt) {
    const JobSeen* job = job_of(accepted, attempt);
    const PodSeen* pod = pod_of(accepted, attempt);
    const bool job_over = job == nullptr || job->finished || job->deleting; // it makes no other pod
    if (pod != nullptr ? run::pod_ended(pod->facts) : job_over) {
        return commit_attempt("ended", ended(accepted, attempt, pod, job),
                              {RecordKind::AttemptEnded}, Phase::Sealing);
    }
    // A Job has one pod: where it was taken away, another would train unrecorded.
    const bool no_use = pod == nullptr || second_pod_of(accepted, attempt) != nullptr ||
                        has_doubt(attempt, Doubt::ImageDiffers);
    if ((stop_wanted(accepted, attempt) || no_use) && job != nullptr && !job->deleting) {
        return effect_now(DeleteJob{job->name, job->uid}, Phase::Running);
    }
    if (auto left = end_left_pod(job, pod, Phase::Running)) {
        return *std::move(left);
    }
    if (auto doing = doing_of(attempt, *pod, job)) {
        if (!pod->labelled) { // in no cache, so nobody calls
            doing->look_again = unlabelled_look_every;
        }
        return *std::move(doing);
    }
    const run::Waiting waiting =
        run::waiting_reason(pod->facts, accepted.seen.gpu_holders, accepted.seen.now);
    if (waiting.hopeless) {
        AttemptRow stuck = attempt;
        stuck.stage = AttemptStage::Ended;
        stuck.failure_class = waiting.failure_class;
        stuck.reason = waiting.reason;
        stuck.message = waiting.message;
        stuck.ended_at = accepted.seen.now;
        return commit_attempt("ended", std::move(stuck), {RecordKind::AttemptEnded},
                              Phase::Sealing);
    }
    return wait(Phase::Running, waiting.reason, waiting.message, std::chrono::seconds(5));
}

} // namespace pedigree::experiment
