// Which trackers there are: a line each.

#include "trackers/clearml/pod.h"
#include "trackers/clearml/service.h"
#include "trackers/tensorboard/follow.h"
#include "trackers/tracker.h"
#include "trackers/wandb/pod.h"
#include "trackers/wandb/service.h"

namespace pedigree::trackers {

std::span<const Tracker> all_trackers() {
    static constexpr Tracker trackers[] = {
        {"TensorBoard", "", tensorboard::follow, nullptr, nullptr},
        {"W&B", wandb::endpoint_path, wandb::serve, wandb::environment, wandb::files},
        {"ClearML", clearml::endpoint_path, clearml::serve, clearml::environment, nullptr},
    };
    return trackers;
}

PodEnvironment pod_environment(const PodFacts& facts) {
    PodEnvironment all;
    for (const Tracker& tracker : all_trackers()) {
        if (tracker.environment != nullptr) {
            PodEnvironment own = tracker.environment(facts);
            all.insert(all.end(), own.begin(), own.end());
        }
    }
    return all;
}

std::vector<PodFile> pod_files(const PodFacts& facts) {
    std::vector<PodFile> all;
    for (const Tracker& tracker : all_trackers()) {
        if (tracker.files != nullptr) {
            std::vector<PodFile> own = tracker.files(facts);
            all.insert(all.end(), own.begin(), own.end());
        }
    }
    return all;
}

} // namespace pedigree::trackers
