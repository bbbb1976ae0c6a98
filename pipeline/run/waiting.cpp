#include <algorithm>
#include <array>
#include <cctype>

#include "pipeline/run/classify.h"

namespace pedigree::run {
namespace {

// Reasons of a waiting container that end by themselves only if the other side comes back.
constexpr std::array<std::string_view, 4> pull_reasons{"ErrImagePull", "ImagePullBackOff",
                                                       "RegistryUnavailable", "ImageInspectError"};
// Reasons that only a person can mend.
constexpr std::array<std::string_view, 4> configuration_reasons{
    "InvalidImageName", "ErrImageNeverPull", "CreateContainerConfigError", "CreateContainerError"};
// What a registry's refusal looks like in the kubelet's words: asking again gives the same answer.
constexpr std::array<std::string_view, 6> refusals{"not found",        "unauthorized",
                                                   "forbidden",        "denied",
                                                   "manifest unknown", "no match for platform"};

template <std::size_t count>
bool is_one_of(std::string_view word, const std::array<std::string_view, count>& words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_refused(std::string message) {
    std::transform(message.begin(), message.end(), message.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return std::any_of(refusals.begin(), refusals.end(), [&](std::string_view refusal) {
        return message.find(refusal) != std::string::npos;
    });
}

// What keeps the container from being started, if it is more than time.
std::optional<Waiting> blocked(const ContainerFacts& container, std::chrono::seconds waited) {
    const bool pulling = is_one_of(container.reason, pull_reasons);
    if (!container.waiting || (!pulling && !is_one_of(container.reason, configuration_reasons))) {
        return std::nullopt;
    }
    const bool mendable = !pulling || is_refused(container.message);
    const std::int64_t grace = mendable ? configuration_grace_seconds : pull_grace_seconds;
    Waiting waiting{container.reason,
                    "container " + container.name + " cannot start: " + container.message, false,
                    FailureClass::None};
    if (waited.count() > grace) {
        waiting.hopeless = true;
        waiting.failure_class =
            mendable ? FailureClass::Configuration : FailureClass::Infrastructure;
    }
    return waiting;
}

const PodCondition* unscheduled(const PodFacts& pod) {
    for (const PodCondition& condition : pod.conditions) {
        if (condition.type == "PodScheduled" && condition.status == "False") {
            return &condition;
        }
    }
    return nullptr;
}

// On a node, and nothing of it begins, or goes on behind prepare: a volume that cannot be mounted
// (a Secret that went, a disk that does not come), a node that does not work. Only events say so.
std::optional<Waiting> stuck(const PodFacts& pod, Instant since, Instant now) {
    const bool begun = pod.train.running || pod.train.terminated || pod.train.started_at;
    if (pod.node_name.empty() || begun || pod.prepare.running) {
        return std::nullopt;
    }
    if (now <= since + std::chrono::seconds(start_seconds_max)) {
        return std::nullopt;
    }
    return Waiting{"PodNotStarted",
                   "on node " + pod.node_name + " for " + std::to_string(start_seconds_max) +
                       " s the next container of the pod did not start; kubectl describe pod says "
                       "what it waits for, a volume most likely",
                   true, FailureClass::Infrastructure};
}

} // namespace

Waiting waiting_reason(const PodFacts& pod, const std::string& gpu_holders, Instant now) {
    // What stands behind prepare had no turn before prepare's end. By our own clock: a node's that
    // is behind would make every pull hopeless at once.
    const Instant placed = pod.placed_since.value_or(now);
    const Instant since = std::max(placed, pod.prepare.finished_at.value_or(placed));
    for (const ContainerFacts* container : {&pod.prepare, &pod.recorder, &pod.train}) {
        if (auto waiting = blocked(*container,
                                   std::chrono::duration_cast<std::chrono::seconds>(now - since))) {
            return *waiting;
        }
    }
    if (auto waiting = stuck(pod, since, now)) {
        return *std::move(waiting);
    }
    if (const PodCondition* condition = unscheduled(pod)) {
        if (condition->message.find("nvidia.com/gpu") != std::string::npos) {
            return {"WaitingForGpu",
                    "Waiting for GPU: " + (gpu_holders.empty() ? condition->message : gpu_holders),
                    false, FailureClass::None};
        }
        return {"Unschedulable", "Waiting for a node: " + condition->message, false,
                FailureClass::None};
    }
    if (pod.node_name.empty()) {
        return {"WaitingForNode", "waiting for the scheduler to place the pod", false,
                FailureClass::None};
    }
    if (pod.prepare.running) {
        return {"Preparing", "fetching and checking inputs", false, FailureClass::None};
    }
    if (pod.recorder.running || pod.prepare.terminated) {
        return {"StartingContainer", "starting the training container", false, FailureClass::None};
    }
    return {"PullingImage", "the pod is placed; its images are pulled", false, FailureClass::None};
}

} // namespace pedigree::run
