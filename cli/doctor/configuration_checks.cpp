#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/doctor/checks.h"
#include "pipeline/spec/configuration.h"

namespace pedigree::cli {

namespace {

constexpr const char* config_key = "config.json";

Result<spec::Configuration> configuration_in(const Json& config_map) {
    const Json& text = at_path(config_map, {"data", config_key});
    if (!text.is_string()) {
        return failure(ErrorCode::InvalidInput, fmt::format("it has no key {}", config_key));
    }
    TRY(const Json document, parse_json(text.get_ref<const std::string&>()));
    return spec::Configuration::parse(document);
}

Check configuration_check(const Sight& sight) {
    if (!sight.config_map) {
        const Error& why = sight.config_map.error();
        return is_absent(why)
                   ? Check::finding("Configuration",
                                    fmt::format("there is no ConfigMap pedigree-config in {}",
                                                sight.system_namespace),
                                    "make it from config.json, or by the chart's values "
                                    "(docs/operate/install.md)")
                   : Check::unknown("Configuration", why);
    }
    const auto configuration = configuration_in(**sight.config_map);
    return configuration
               ? Check::ok("Configuration", fmt::format("the ConfigMap pedigree-config holds what "
                                                        "is needed of {}",
                                                        config_key))
               : Check::finding("Configuration",
                                fmt::format("{} of the ConfigMap pedigree-config: {}", config_key,
                                            configuration.error().message),
                                fmt::format("correct it, then kubectl -n {} rollout restart "
                                            "deployment/pedigree-operator",
                                            sight.system_namespace));
}

void want(std::vector<SeenSecret>& secrets, const std::string& name_space, const std::string& name,
          const std::string& used_for) {
    const bool known = std::any_of(secrets.begin(), secrets.end(), [&](const SeenSecret& secret) {
        return secret.key == k8s::ObjectKey{name_space, name};
    });
    if (!name.empty() && !known) {
        secrets.push_back({{name_space, name}, used_for});
    }
}

void want_of_deployment(const Sight& sight, std::vector<SeenSecret>& secrets) {
    const Json& pod = at_path(**sight.deployment, {"spec", "template", "spec"});
    for (const Json& volume : at_path(pod, {"volumes"})) {
        want(secrets, sight.system_namespace, string_or(at_path(volume, {"secret"}), "secretName"),
             fmt::format("the operator's {}", string_or(volume, "name")));
    }
    for (const Json& reference : at_path(pod, {"imagePullSecrets"})) {
        want(secrets, sight.system_namespace, string_or(reference, "name"),
             "pulling pedigree's own image");
    }
}

Check secret_check(const SeenSecret& secret) {
    const std::string name = secret.key.text();
    if (!secret.is_there) {
        return Check::unknown("Secret", secret.is_there.error()).of(name);
    }
    return (*secret.is_there
                ? Check::ok("Secret", "it is there; its values were not read")
                : Check::finding("Secret",
                                 fmt::format("it is not there; {} needs it", secret.used_for),
                                 "make it with the keys that docs/operate/install.md names"))
        .of(name);
}

} // namespace

std::vector<SeenSecret> wanted_secrets(const Sight& sight) {
    std::vector<SeenSecret> secrets;
    if (sight.deployment) {
        want_of_deployment(sight, secrets);
    } else {
        const std::string& where = sight.system_namespace;
        want(secrets, where, "pedigree-database", "the operator's database");
        want(secrets, where, "pedigree-registry", "the operator's registry");
        want(secrets, where, "pedigree-artifact-store", "the operator's artifact-store");
    }
    if (const auto configuration = sight.config_map
                                       ? configuration_in(**sight.config_map)
                                       : Result<spec::Configuration>(tl::unexpected(not_asked()))) {
        const spec::Platform& platform = configuration->effective(sight.name_space);
        const std::string& where = sight.name_space;
        want(secrets, where, platform.registry.pull_secret_name, "pulling what was built");
        want(secrets, where, platform.artifact_store.secret_name, "each Experiment's store");
        if (platform.mlflow) {
            want(secrets, where, platform.mlflow->secret_name, "the tracker of the configuration");
        }
    }
    return secrets;
}

std::vector<Check> configuration_checks(const Sight& sight) {
    std::vector<Check> checks;
    if (is_installed(sight) || sight.config_map) { // the chart makes it with the rest
        checks.push_back(configuration_check(sight));
    }
    for (const SeenSecret& secret : sight.secrets) {
        checks.push_back(secret_check(secret));
    }
    return checks;
}

} // namespace pedigree::cli
