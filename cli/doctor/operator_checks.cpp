#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/app/time_text.h"
#include "cli/doctor/checks.h"

namespace pedigree::cli {

namespace {

constexpr std::chrono::seconds lease_duration_usual{15};
constexpr std::chrono::seconds lease_ahead_max{10}; // as far as clocks may differ

std::string replicas_text(std::int64_t number) {
    return fmt::format("{} {}", number, number == 1 ? "replica" : "replicas");
}

// The message of a condition that has this status; empty: it has not.
std::string told_by(const Json& object, std::string_view type, std::string_view status) {
    for (const Json& condition : at_path(object, {"status", "conditions"})) {
        if (string_or(condition, "type") == type && string_or(condition, "status") == status) {
            return fmt::format("{}: {}", string_or(condition, "reason"),
                               string_or(condition, "message"));
        }
    }
    return "";
}

Check deployment_check(const Sight& sight) {
    if (!sight.deployment) {
        const Error& why = sight.deployment.error();
        return is_absent(why)
                   ? Check::finding("Operator",
                                    fmt::format("there is no Deployment pedigree-operator in {}",
                                                sight.system_namespace),
                                    "install it (docs/operate/install.md), or name its namespace "
                                    "with --system-namespace")
                   : Check::unknown("Operator", why);
    }
    const Json& deployment = **sight.deployment;
    const std::int64_t wanted = integer_or(at_path(deployment, {"spec"}), "replicas", 1);
    const std::int64_t available = integer_or(at_path(deployment, {"status"}), "availableReplicas");
    if (wanted == 0) {
        return Check::finding("Operator", "it is scaled to 0 replicas",
                              fmt::format("kubectl -n {} scale deployment/pedigree-operator "
                                          "--replicas=2",
                                          sight.system_namespace));
    }
    if (available >= wanted) {
        return Check::ok("Operator", fmt::format("{} available", replicas_text(available)));
    }
    std::string why = told_by(deployment, "ReplicaFailure", "True");
    if (why.empty()) {
        why = told_by(deployment, "Progressing", "False");
    }
    const bool has_no_pods = sight.pods && sight.pods->empty();
    return Check::finding("Operator",
                          fmt::format("{} of {} available{}{}", available, replicas_text(wanted),
                                      why.empty() ? "" : "; ", why),
                          !why.empty()  ? "remove what the message names"
                          : has_no_pods ? fmt::format("kubectl -n {} describe deployment "
                                                      "pedigree-operator",
                                                      sight.system_namespace)
                                        : "see to its pods below");
}

struct PodWords {
    std::string message, fix;
};

std::string end_text(const Json& status) {
    const Json& ended = at_path(status, {"lastState", "terminated"});
    if (!ended.is_object()) {
        return "";
    }
    const std::string reason = string_or(ended, "reason");
    return fmt::format(", the last time with exit code {}{}", integer_or(ended, "exitCode"),
                       reason.empty() || reason == "Error" ? "" : " (" + reason + ")");
}

// What the kubelet says of a container that does not run, in words.
PodWords waiting_words(const Json& status, const std::string& pod, const std::string& name_space) {
    const std::string container = string_or(status, "name");
    const Json& waiting = at_path(status, {"state", "waiting"});
    const std::string reason = string_or(waiting, "reason");
    const std::string message = string_or(waiting, "message");
    constexpr std::array images{"ImagePullBackOff", "ErrImagePull", "InvalidImageName",
                                "ErrImageNeverPull", "ImageInspectError"};
    if (reason == "CrashLoopBackOff") {
        return {fmt::format("its container {} ended {} times{}", container,
                            integer_or(status, "restartCount"), end_text(status)),
                fmt::format("kubectl -n {} logs {} -c {} --previous", name_space, pod, container)};
    }
    if (std::find(images.begin(), images.end(), reason) != images.end()) {
        return {fmt::format("its image {} cannot be pulled ({}){}{}", string_or(status, "image"),
                            reason, message.empty() ? "" : ": ", message),
                "check the image's digest, that the nodes reach its registry, and the Deployment's "
                "imagePullSecrets"};
    }
    if (reason == "CreateContainerConfigError" || reason == "CreateContainerError") {
        return {fmt::format("its container {} cannot be made: {}", container, message),
                "make the Secret or ConfigMap that the message names (docs/operate/install.md)"};
    }
    return {fmt::format("its container {} waits{}{}", container, reason.empty() ? "" : ": ",
                        reason == "ContainerCreating"
                            ? "it is being made; a Secret or ConfigMap that its pod mounts may be "
                              "missing"
                            : reason),
            fmt::format("kubectl -n {} describe pod {}", name_space, pod)};
}

bool is_ready(const Json& pod) {
    return !told_by(pod, "Ready", "True").empty();
}

PodWords words_of_pod(const Json& pod, const Sight& sight) {
    const std::string name = k8s::key_of(pod).name;
    const std::string unplaced = told_by(pod, "PodScheduled", "False");
    if (!unplaced.empty()) {
        return {"no node takes it: " + unplaced, "free what the message names, or lower its "
                                                 "requests"};
    }
    for (const Json& status : at_path(pod, {"status", "containerStatuses"})) {
        if (at_path(status, {"state", "waiting"}).is_object()) {
            return waiting_words(status, name, sight.system_namespace);
        }
    }
    const auto complaint = sight.complaints.find(name);
    return {complaint == sight.complaints.end() || complaint->second.empty()
                ? "it runs and is not ready"
                : "it runs and is not ready: " + complaint->second,
            fmt::format("kubectl -n {} logs {} -c operator", sight.system_namespace, name)};
}

std::vector<Check> pod_checks(const Sight& sight) {
    if (!sight.pods) {
        return {Check::unknown("OperatorPod", sight.pods.error())};
    }
    std::vector<Check> checks;
    for (const k8s::Object& pod : *sight.pods) {
        const std::string name = k8s::key_of(*pod).name;
        const std::string phase = string_or(at_path(*pod, {"status"}), "phase");
        if (k8s::is_being_deleted(*pod) || phase == "Succeeded" || phase == "Failed") {
            continue; // an eviction leaves them; the Deployment has made others
        }
        if (is_ready(*pod)) {
            checks.push_back(Check::ok("OperatorPod", "it is ready").of(name));
            continue;
        }
        PodWords words = words_of_pod(*pod, sight);
        checks.push_back(
            Check::finding("OperatorPod", std::move(words.message), std::move(words.fix)).of(name));
    }
    return checks;
}

// "registry.example.com:5000/pedigree:0.1.0" gives "0.1.0"; a digest, or no tag, nothing.
std::string tag_of(const std::string& image) {
    const auto slash = image.rfind('/');
    const auto colon = image.rfind(':');
    const bool has_tag = colon != std::string::npos && image.find('@') == std::string::npos &&
                         (slash == std::string::npos || colon > slash);
    return has_tag ? image.substr(colon + 1) : "";
}

Check version_check(const Sight& sight) {
    const Json& containers =
        at_path(**sight.deployment, {"spec", "template", "spec", "containers"});
    const std::string image =
        containers.is_array() && !containers.empty() ? string_or(containers.front(), "image") : "";
    std::string version = k8s::label_of(**sight.deployment, "app.kubernetes.io/version");
    if (version.empty()) {
        version = tag_of(image);
    }
    if (version.empty()) {
        return Check::unknown("OperatorVersion",
                              fmt::format("the Deployment has no label app.kubernetes.io/version, "
                                          "and its image is {}",
                                          image.empty() ? "not named" : image));
    }
    return version == PEDIGREE_VERSION
               ? Check::ok("OperatorVersion", fmt::format("{}, as this program", version))
               : Check::finding(
                     "OperatorVersion",
                     fmt::format("the operator is {}, this program {}", version, PEDIGREE_VERSION),
                     fmt::format("use pedigree {}, or upgrade the operator "
                                 "(docs/operate/upgrade.md)",
                                 version));
}

std::optional<Instant> renewed_at(const Json& lease) {
    const auto time = parse_instant(string_or(at_path(lease, {"spec"}), "renewTime"));
    return time ? std::optional(*time) : std::nullopt;
}

std::chrono::seconds duration_of(const Json& lease) {
    return std::chrono::seconds(
        integer_or(at_path(lease, {"spec"}), "leaseDurationSeconds", lease_duration_usual.count()));
}

Check leader_check(const Sight& sight) {
    if (!sight.lease) {
        const Error& why = sight.lease.error();
        return is_absent(why) ? Check::finding("Leader", "nobody has led yet: there is no Lease",
                                               "see to the operator's pods above")
                              : Check::unknown("Leader", why);
    }
    const Json& lease =
        sight.later_lease && *sight.later_lease ? ***sight.later_lease : **sight.lease;
    const std::string holder = string_or(at_path(lease, {"spec"}), "holderIdentity");
    if (holder.empty()) {
        return Check::finding("Leader", "nobody leads: the Lease was given back",
                              "see to the operator's pods above");
    }
    const auto renewed = renewed_at(lease);
    const Instant now = server_time(sight).value_or(sight.answered_at);
    const auto age = renewed ? std::chrono::duration_cast<std::chrono::seconds>(now - *renewed)
                             : std::chrono::seconds(0);
    if (sight.later_lease) { // the first look left a doubt
        const bool moves =
            k8s::resource_version_of(lease) != k8s::resource_version_of(**sight.lease);
        return moves ? Check::finding(
                           "Leader",
                           fmt::format("{} leads, and its node's clock is about {} {} the API "
                                       "server's",
                                       holder, age_text(std::chrono::abs(age)),
                                       age.count() > 0 ? "behind" : "ahead of"),
                           "set the clocks of the nodes by NTP")
                     : Check::finding("Leader",
                                      fmt::format("nobody leads: {} has not renewed the Lease{}",
                                                  holder,
                                                  age.count() > 0 ? " for " + age_text(age) : ""),
                                      "see to the operator's pods above");
    }
    return Check::ok("Leader", fmt::format("{} leads, and renewed its Lease lately", holder));
}

} // namespace

bool is_doubtful(const Json& lease, Instant now) {
    const auto renewed = renewed_at(lease);
    return renewed && (now - *renewed > duration_of(lease) || *renewed - now > lease_ahead_max);
}

std::string last_complaint(std::string_view log) {
    std::string complaint;
    while (!log.empty()) {
        const auto end = std::min(log.find('\n'), log.size());
        const auto line = parse_json(log.substr(0, end));
        log.remove_prefix(std::min(end + 1, log.size()));
        const std::string level = line ? string_or(*line, "level") : "";
        if (level == "warning" || level == "error") {
            const std::string error = string_or(*line, "error");
            complaint = string_or(*line, "message") + (error.empty() ? "" : ": " + error);
        }
    }
    return complaint;
}

std::vector<Check> operator_checks(const Sight& sight) {
    std::vector<Check> checks{deployment_check(sight)};
    for (Check& check : pod_checks(sight)) {
        checks.push_back(std::move(check));
    }
    if (sight.deployment) {
        checks.push_back(version_check(sight));
    }
    if (sight.deployment || !is_absent(sight.deployment.error())) {
        checks.push_back(leader_check(sight));
    }
    return checks;
}

} // namespace pedigree::cli
