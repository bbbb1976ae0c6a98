#include <algorithm>
#include <charconv>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/app/advice.h"
#include "cli/doctor/checks.h"

namespace pedigree::cli {

namespace {

constexpr int kubernetes_minor_min = 30; // docs/operate/install.md: native sidecars, policies of v1
// Beyond that tokens and certificates are taken for expired, or for not valid yet.
constexpr std::chrono::seconds clock_skew_max{10};

// "34", "30+" as some providers write it.
int minor_of(const Json& version) {
    const std::string text = string_or(version, "minor");
    int minor = 0;
    std::from_chars(text.data(), text.data() + text.size(), minor);
    return minor;
}

Check api_server_check(const Sight& sight) {
    if (!sight.version) {
        const Error& why = sight.version.error();
        const bool stranger = why.code == ErrorCode::Unauthorized;
        return ends_the_look(why)
                   ? Check::finding("ApiServer", without_advice(why).message,
                                    stranger
                                        ? "check the user of the kubeconfig: kubectl auth whoami"
                                        : "check that the cluster answers: kubectl cluster-info")
                   : Check::unknown("ApiServer", why);
    }
    const std::string told = string_or(**sight.version, "gitVersion", "of an unknown version");
    const int minor = minor_of(**sight.version);
    if (minor == 0) {
        return Check::unknown("ApiServer", fmt::format("it answers, and calls itself {}", told));
    }
    return minor >= kubernetes_minor_min || string_or(**sight.version, "major", "1") != "1"
               ? Check::ok("ApiServer", fmt::format("Kubernetes {}", told))
               : Check::finding("ApiServer",
                                fmt::format("Kubernetes {}; pedigree needs 1.{}: native sidecars, "
                                            "ValidatingAdmissionPolicy v1",
                                            told, kubernetes_minor_min),
                                "upgrade the cluster");
}

Check clock_check(const Sight& sight) {
    const auto theirs = server_time(sight);
    if (!theirs) {
        return sight.review ? Check::unknown("Clock", "the API server did not tell its time")
                            : Check::unknown("Clock", sight.review.error());
    }
    // It was said between question and answer, and is cut to a second.
    const Instant earliest = sight.asked_at - std::chrono::seconds(1);
    const auto behind = *theirs - sight.answered_at; // this machine's clock is behind
    const auto ahead = earliest - *theirs;
    const auto skew = std::max(behind, ahead);
    if (skew <= clock_skew_max) {
        return Check::ok("Clock", fmt::format("this machine and the API server agree within {} s",
                                              clock_skew_max.count()));
    }
    return Check::finding(
        "Clock",
        fmt::format("this machine's clock is {} s {} the API server's",
                    std::chrono::duration_cast<std::chrono::seconds>(skew).count(),
                    behind > ahead ? "behind" : "ahead of"),
        "set both by NTP: tokens and certificates are refused otherwise");
}

bool serves(const Json& resources, std::string_view plural) {
    for (const Json& resource : at_path(resources, {"resources"})) {
        if (string_or(resource, "name") == plural) {
            return true;
        }
    }
    return false;
}

Check policy_api_check(const Sight& sight) {
    if (!sight.policy_api && !is_absent(sight.policy_api.error())) {
        return Check::unknown("PolicyApi", sight.policy_api.error());
    }
    return sight.policy_api && serves(**sight.policy_api, "validatingadmissionpolicies")
               ? Check::ok("PolicyApi", "ValidatingAdmissionPolicy v1 is served")
               : Check::finding("PolicyApi", "ValidatingAdmissionPolicy v1 is not served",
                                "upgrade the cluster to 1.30, or enable "
                                "admissionregistration.k8s.io/v1 at the API server");
}

Check aggregation_check(const Sight& sight) {
    if (sight.aggregation_api) {
        return Check::ok("Aggregation", "the API server takes APIServices");
    }
    const Error& why = sight.aggregation_api.error();
    return is_absent(why)
               ? Check::finding("Aggregation", "the API server has no aggregation layer",
                                "without it trace, find, runs and metrics cannot be asked: "
                                "set the API server's --requestheader-* flags")
               : Check::unknown("Aggregation", why);
}

} // namespace

std::optional<Instant> server_time(const Sight& sight) {
    if (!sight.review) {
        return std::nullopt;
    }
    const auto time =
        parse_instant(string_or(at_path(**sight.review, {"metadata"}), "creationTimestamp"));
    return time ? std::optional(*time) : std::nullopt;
}

std::vector<Check> cluster_checks(const Sight& sight) {
    std::vector<Check> checks{api_server_check(sight)};
    if (sight.version || !ends_the_look(sight.version.error())) {
        checks.push_back(clock_check(sight));
        checks.push_back(policy_api_check(sight));
        checks.push_back(aggregation_check(sight));
    }
    return checks;
}

} // namespace pedigree::cli
