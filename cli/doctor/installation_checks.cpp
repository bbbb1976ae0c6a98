#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/digest.h"
#include "cli/app/advice.h"
#include "cli/doctor/certificate.h"
#include "cli/doctor/checks.h"
#include "cli/doctor/difference.h"
#include "pipeline/spec/schema.h"
#include "records/names.h"

namespace pedigree::cli {

namespace {

constexpr const char* apply_again = "helm upgrade, or kubectl apply --server-side -k, of the "
                                    "release that is wanted (docs/operate/upgrade.md)";
// The operator makes a new certificate 60 days before the end; later than that it did not.
constexpr std::chrono::hours certificate_left_min{24 * 45};

std::string condition_of(const Json& object, std::string_view type, std::string_view member) {
    for (const Json& condition : at_path(object, {"status", "conditions"})) {
        if (string_or(condition, "type") == type) {
            return string_or(condition, member);
        }
    }
    return "";
}

Check resource_check(const Sight& sight) {
    if (!sight.crd && !is_absent(sight.crd.error())) {
        // Without the right to read CRDs it is still known whether Experiments are served.
        return sight.experiment_api
                   ? Check::ok("CustomResource",
                               fmt::format("Experiments are served as {}", records::api_version))
                   : Check::unknown("CustomResource", sight.crd.error());
    }
    if (!sight.crd) {
        return Check::finding("CustomResource", "the CRD experiments.pedigree.dev is not there",
                              apply_again);
    }
    if (k8s::is_being_deleted(**sight.crd)) {
        return Check::finding("CustomResource",
                              "the CRD is being deleted, and all Experiments with it: it waits for "
                              "their finalizers",
                              "let the operator run until they are gone, then install again");
    }
    if (condition_of(**sight.crd, "Established", "status") == "True") {
        return Check::ok("CustomResource", "the CRD experiments.pedigree.dev is established");
    }
    const std::string why = condition_of(**sight.crd, "NamesAccepted", "message");
    return Check::finding(
        "CustomResource",
        fmt::format("the CRD is not established{}{}", why.empty() ? "" : ": ", why),
        "kubectl describe crd experiments.pedigree.dev");
}

const Json* version_named(const Json& crd, std::string_view name) {
    for (const Json& version : at_path(crd, {"spec", "versions"})) {
        if (string_or(version, "name") == name) {
            return &version;
        }
    }
    return nullptr;
}

Check schema_check(const Sight& sight) {
    if (!sight.crd) {
        return Check::unknown("Schema", sight.crd.error());
    }
    const Json& ours = spec::experiment_crd()["spec"]["versions"][0];
    const std::string name = string_or(ours, "name");
    const Json* const theirs = version_named(**sight.crd, name);
    if (theirs == nullptr || !bool_or(*theirs, "storage")) {
        return Check::finding(
            "Schema", fmt::format("the CRD does not store {}, which this program writes", name),
            apply_again);
    }
    const auto place = first_difference(spec::experiment_schema(),
                                        at_path(*theirs, {"schema", "openAPIV3Schema"}));
    if (place) {
        return Check::finding("Schema",
                              fmt::format("the CRD is of another version than this program ({}): "
                                          "they differ at {}",
                                          PEDIGREE_VERSION, *place),
                              "use the pedigree of the installed release, or upgrade it: " +
                                  std::string(apply_again));
    }
    const Json& stored = at_path(**sight.crd, {"status", "storedVersions"});
    const bool others = std::any_of(stored.begin(), stored.end(),
                                    [&](const Json& version) { return version != name; });
    return Check::ok("Schema",
                     fmt::format("{} is stored, and its fields are this program's{}", name,
                                 others ? "; older versions are still stored" : ""));
}

Check api_service_check(const Sight& sight) {
    const bool refused =
        sight.api_service && condition_of(**sight.api_service, "Available", "status") != "True";
    if (sight.lineage_api && !refused) {
        return Check::ok("ApiService", fmt::format("{} answers", records::lineage_api_version));
    }
    const bool gone = sight.api_service ? false : is_absent(sight.api_service.error());
    if (gone ||
        (!sight.api_service && !sight.lineage_api && is_absent(sight.lineage_api.error()))) {
        return Check::finding("ApiService",
                              "the APIService v1alpha1.lineage.pedigree.dev is not there: trace, "
                              "find, runs and metrics have nobody to ask",
                              apply_again);
    }
    if (refused) {
        return Check::finding(
            "ApiService",
            fmt::format("it is not available ({}): {}; no namespace can be deleted meanwhile",
                        condition_of(**sight.api_service, "Available", "reason"),
                        condition_of(**sight.api_service, "Available", "message")),
            "see to the operator's pods below; if they are ready, let the API server's network in "
            "(networkPolicy.apiServerNetworks)");
    }
    const Error& why = sight.lineage_api.error();
    return why.code == ErrorCode::Unavailable
               ? Check::finding("ApiService", "it does not answer: " + without_advice(why).message,
                                "see to the operator's pods below")
               : Check::unknown("ApiService", why);
}

Check certificate_check(const Sight& sight) {
    constexpr const char* renew = "look into the operator's log for its certificate, then kubectl "
                                  "-n {} rollout restart deployment/pedigree-operator";
    if (!sight.api_service) {
        return Check::unknown("Certificate", sight.api_service.error());
    }
    const auto pem = from_base64(string_or(at_path(**sight.api_service, {"spec"}), "caBundle"));
    if (!pem || pem->empty()) {
        return Check::finding("Certificate",
                              "the APIService has no CA: the operator has not told its own yet",
                              "see to the operator's pods below");
    }
    const auto validity = validity_of(*pem);
    if (!validity) {
        return Check::finding("Certificate",
                              "the CA of the APIService is no certificate: " +
                                  validity.error().message,
                              fmt::format(renew, sight.system_namespace));
    }
    const Instant now = server_time(sight).value_or(sight.answered_at);
    const auto days =
        std::chrono::duration_cast<std::chrono::hours>(validity->end - now).count() / 24;
    if (now < validity->begin) {
        return Check::finding("Certificate",
                              fmt::format("it is good from {} on: a clock is wrong",
                                          to_kubernetes_time(validity->begin)),
                              "set the clocks of nodes and API server by NTP");
    }
    if (validity->end - now < certificate_left_min) {
        return Check::finding("Certificate",
                              fmt::format("it {} {}, and was to be renewed 60 days before",
                                          now > validity->end ? "ended at" : "ends at",
                                          to_kubernetes_time(validity->end)),
                              fmt::format(renew, sight.system_namespace));
    }
    return Check::ok("Certificate", fmt::format("the operator's is good for {} more days", days));
}

// A policy and its binding are of use together alone.
Check policy_check(const Sight& sight, const std::string& name, const Seen& policy) {
    const auto bound = sight.bindings.find(name);
    const Seen& binding = bound == sight.bindings.end() ? policy : bound->second;
    for (const auto& [what, seen] : {std::pair("ValidatingAdmissionPolicy", &policy),
                                     std::pair("ValidatingAdmissionPolicyBinding", &binding)}) {
        if (!*seen) {
            return is_absent(seen->error())
                       ? Check::finding("AdmissionPolicy", fmt::format("there is no {}", what),
                                        apply_again)
                       : Check::unknown("AdmissionPolicy", seen->error());
        }
    }
    const Json& actions = at_path(**binding, {"spec", "validationActions"});
    const bool denies = string_or(at_path(**policy, {"spec"}), "failurePolicy", "Fail") == "Fail" &&
                        string_or(at_path(**binding, {"spec"}), "policyName") == name &&
                        std::find(actions.begin(), actions.end(), Json("Deny")) != actions.end();
    return denies ? Check::ok("AdmissionPolicy", "it is bound, and denies")
                  : Check::finding("AdmissionPolicy",
                                   "it is there and denies nothing: failurePolicy Fail, and a "
                                   "binding to it with Deny, are needed",
                                   apply_again);
}

} // namespace

std::vector<Check> installation_checks(const Sight& sight) {
    std::vector<Check> checks{resource_check(sight)};
    if (sight.crd || !is_absent(sight.crd.error())) { // what is not there is said once
        checks.push_back(schema_check(sight));
    }
    checks.push_back(api_service_check(sight));
    if (sight.api_service || !is_absent(sight.api_service.error())) {
        checks.push_back(certificate_check(sight));
    }
    for (const auto& [name, policy] : sight.policies) {
        checks.push_back(policy_check(sight, name, policy).of(name));
    }
    return checks;
}

} // namespace pedigree::cli
