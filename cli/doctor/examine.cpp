#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "cli/doctor/checks.h"

namespace pedigree::cli {

namespace {

void append(std::vector<Check>& checks, std::vector<Check> more) {
    std::move(more.begin(), more.end(), std::back_inserter(checks));
}

Check nothing_installed(const Sight& sight) {
    return sight.before_install
               ? Check::ok("Installation", "pedigree is not installed here yet")
               : Check::finding("Installation", "pedigree is not installed in this cluster",
                                "install it (docs/operate/install.md); --before-install judges "
                                "what has to be there before");
}

} // namespace

// A user who may see neither CRD nor Deployment still sees what discovery shows to everybody.
bool is_installed(const Sight& sight) {
    return sight.experiment_api || !is_absent(sight.experiment_api.error()) || sight.lineage_api ||
           !is_absent(sight.lineage_api.error()) || sight.crd || sight.api_service ||
           sight.deployment;
}

std::vector<Check> examined(const Sight& sight) {
    std::vector<Check> checks = cluster_checks(sight);
    if (!sight.version && ends_the_look(sight.version.error())) {
        return checks;
    }
    if (is_installed(sight)) {
        append(checks, installation_checks(sight));
        append(checks, operator_checks(sight));
    } else {
        checks.push_back(nothing_installed(sight));
    }
    append(checks, configuration_checks(sight));
    append(checks, rights_checks(sight));
    append(checks, namespace_checks(sight));
    return checks;
}

} // namespace pedigree::cli
