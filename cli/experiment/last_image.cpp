#include "cli/experiment/last_image.h"

#include "cli/experiment/youngest.h"

namespace pedigree::cli {

Result<std::string> last_image(const std::string& project, const Cluster& cluster) {
    TRY(const auto last, youngest_experiment(cluster, [&](const Experiment& experiment) {
            return experiment.project == project && !experiment.image.empty();
        }));
    return last ? last->image : std::string();
}

} // namespace pedigree::cli
