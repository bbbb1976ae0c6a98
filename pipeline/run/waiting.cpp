#include <algorithm>
#include <array>

#include "pipeline/run/classify.h"

namespace pedigree::run {
namespace {

// Reasons of a waiting container that only a person can mend, if they last.
constexpr std::array<std::string_view, 6> configuration_reasons{
    "ErrImagePull",     "ImagePullBackOff",     "InvalidImageName",
    "ErrImageNeverPull", "CreateContainerConfigError", "CreateContainerError"};

bool is_configuration(const ContainerFacts& container) {
    return container.waiting &&
           std::find(configuration_reasons.begin(), configuration_reasons.end(),
                     container.reason) != configuration_reasons.end();
}

const PodCondition* unscheduled(const PodFacts& pod) {
    for (const PodCondition& condition : pod.conditions) {
        if (condition.type == "PodScheduled" && condition.status == "False") {
            return &condition;
        }
    }
    return nullptr;
}

} // namespace

Waiting waiting_reason(const PodFacts& pod, const std::string& gpu_holders, Instant now) {
    for (const ContainerFacts* container : {&pod.prepare, &pod.recorder, &pod.train}) {
        if (is_configuration(*container)) {
            const Instant since = pod.started_at.value_or(pod.created_at.value_or(now));
            const bool lasting = now > since + std::chrono::seconds(configuration_grace_seconds);
            return {container->reason,
                    "container " + container->name + " cannot start: " + container->message,
                    lasting};
        }
    }
    if (const PodCondition* condition = unscheduled(pod)) {
        if (condition->message.find("nvidia.com/gpu") != std::string::npos) {
            return {"WaitingForGpu",
                    "Waiting for GPU: " +
                        (gpu_holders.empty() ? condition->message : gpu_holders)};
        }
        return {"Unschedulable", "Waiting for a node: " + condition->message};
    }
    if (pod.prepare.running) {
        return {"Preparing", "fetching and checking inputs"};
    }
    if (pod.recorder.running && !pod.train.running) {
        return {"StartingContainer", "starting the training container"};
    }
    return {"PullingImage", "the pod is placed; its images are pulled"};
}

} // namespace pedigree::run
