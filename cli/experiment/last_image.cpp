#include "cli/experiment/last_image.h"

#include <optional>
#include <tuple>

#include "cli/experiment/experiment.h"

namespace pedigree::cli {

Result<std::string> last_image(const std::string& project, const Cluster& cluster) {
    k8s::ListOptions options;
    options.name_space = cluster.name_space;
    TRY(const k8s::ObjectList list, cluster.api.list(experiments, options));
    std::optional<Experiment> last;
    for (const k8s::Object& object : list.items) {
        Experiment experiment = experiment_from(*object);
        const bool later = !last || std::tie(experiment.created, experiment.uid) >
                                        std::tie(last->created, last->uid);
        if (experiment.project == project && !experiment.image.empty() && later) {
            last = std::move(experiment);
        }
    }
    return last ? last->image : std::string();
}

} // namespace pedigree::cli
