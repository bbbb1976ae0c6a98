#include "cli/experiment/youngest.h"

#include <tuple>

namespace pedigree::cli {

Result<std::optional<Experiment>>
youngest_experiment(const Cluster& cluster,
                    const std::function<bool(const Experiment& experiment)>& counts) {
    k8s::ListOptions options;
    options.name_space = cluster.name_space;
    TRY(const k8s::ObjectList list, cluster.api.list(experiments, options));
    // Times have seconds; of two of the same second the greater uid, so that it is always the same.
    const auto age = [](const Experiment& experiment) {
        return std::tie(experiment.created, experiment.uid);
    };
    std::optional<Experiment> youngest;
    for (const k8s::Object& object : list.items) {
        Experiment experiment = experiment_from(*object);
        if (counts(experiment) && (!youngest || age(experiment) > age(*youngest))) {
            youngest = std::move(experiment);
        }
    }
    return youngest;
}

} // namespace pedigree::cli
