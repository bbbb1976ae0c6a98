#include "cli/gpus/usage.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <tuple>

#include <nlohmann/json.hpp>

#include "records/names.h"

namespace pedigree::cli {

namespace {

// Counts of devices are whole; what is no number counts nothing.
std::int64_t count_in(const Json& amounts, const std::string& resource) {
    const Json& amount = at_path(amounts, {resource});
    if (amount.is_number_integer()) {
        return amount.get<std::int64_t>();
    }
    const std::string text = string_or(amounts, resource);
    std::int64_t count = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), count);
    return read.ec == std::errc() && read.ptr == text.data() + text.size() ? count : 0;
}

// Limits and requests of devices are the same; either may be written alone.
std::int64_t gpus_of_container(const Json& container, const std::string& resource) {
    const Json& resources = at_path(container, {"resources"});
    return std::max(count_in(at_path(resources, {"limits"}), resource),
                    count_in(at_path(resources, {"requests"}), resource));
}

void add_names(const Json& amounts, std::set<std::string>& names) {
    if (amounts.is_object()) {
        for (const auto& [name, amount] : amounts.items()) {
            if (is_gpu(name)) {
                names.insert(name);
            }
        }
    }
}

std::set<std::string> gpu_names_of(const Json& pod) {
    std::set<std::string> names;
    for (const char* list : {"containers", "initContainers"}) {
        for (const Json& container : at_path(pod, {"spec", list})) {
            for (const char* amounts : {"limits", "requests"}) {
                add_names(at_path(container, {"resources", amounts}), names);
            }
        }
    }
    return names;
}

bool has_ended(const Json& pod) {
    const std::string phase = string_or(at_path(pod, {"status"}), "phase");
    return phase == "Succeeded" || phase == "Failed";
}

std::optional<Instant> time_at(const Json& object, std::string_view part, std::string_view name) {
    const auto time = parse_instant(string_or(at_path(object, {part}), name));
    return time ? std::optional(*time) : std::nullopt;
}

GpuHold hold_of(const Json& pod, const std::string& resource) {
    const k8s::ObjectKey key = k8s::key_of(pod);
    GpuHold hold;
    hold.name_space = key.name_space;
    hold.pod = key.name;
    hold.experiment = k8s::label_of(pod, records::experiment_name_label);
    hold.trial = k8s::label_of(pod, records::trial_label);
    hold.attempt = k8s::label_of(pod, records::attempt_label);
    hold.node = string_or(at_path(pod, {"spec"}), "nodeName");
    hold.resource = resource;
    hold.gpus = gpus_of(pod, resource);
    hold.since = hold.is_waiting() ? time_at(pod, "metadata", "creationTimestamp")
                                   : time_at(pod, "status", "startTime");
    return hold;
}

bool takes_pods(const Json& node) {
    const Json& cordoned = at_path(node, {"spec", "unschedulable"});
    bool ready = false;
    for (const Json& condition : at_path(node, {"status", "conditions"})) {
        ready = ready || (string_or(condition, "type") == "Ready" &&
                          string_or(condition, "status") == "True");
    }
    return ready && !(cordoned.is_boolean() && cordoned.get<bool>());
}

void add_node(const Json& node, GpuUsage& usage) {
    const Json& allocatable = at_path(node, {"status", "allocatable"});
    std::set<std::string> names;
    add_names(allocatable, names);
    for (const std::string& resource : names) {
        GpuNode known;
        known.name = k8s::key_of(node).name;
        known.product = k8s::label_of(node, "nvidia.com/gpu.product");
        known.resource = resource;
        known.allocatable = count_in(allocatable, resource);
        known.takes_pods = takes_pods(node);
        for (const GpuHold& hold : usage.holds) {
            known.held += hold.node == known.name && hold.resource == resource ? hold.gpus : 0;
        }
        if (known.allocatable > 0 || known.held > 0) {
            usage.nodes.push_back(std::move(known));
        }
    }
}

} // namespace

std::int64_t GpuNode::free() const {
    return takes_pods ? std::max<std::int64_t>(allocatable - held, 0) : 0;
}

bool is_gpu(std::string_view resource) {
    const auto slash = resource.find('/');
    if (slash == std::string_view::npos) {
        return false;
    }
    const std::string_view vendor = resource.substr(0, slash);
    const std::string_view device = resource.substr(slash + 1);
    return device.starts_with("gpu") || vendor == "gpu.intel.com" ||
           (vendor == "nvidia.com" && device.starts_with("mig-"));
}

std::int64_t gpus_of(const Json& pod, const std::string& resource) {
    std::int64_t together = 0, alone = 0;
    for (const Json& container : at_path(pod, {"spec", "containers"})) {
        together += gpus_of_container(container, resource);
    }
    std::int64_t beside = 0; // of those that stay, as a sidecar does
    for (const Json& container : at_path(pod, {"spec", "initContainers"})) {
        const std::int64_t asked = gpus_of_container(container, resource);
        if (string_or(container, "restartPolicy") == "Always") {
            beside += asked;
        }
        alone = std::max(alone,
                         beside + (string_or(container, "restartPolicy") == "Always" ? 0 : asked));
    }
    return std::max(together + beside, alone);
}

GpuUsage gpu_usage(const GpuSight& sight) {
    GpuUsage usage;
    usage.everywhere = sight.everywhere;
    usage.nodes_known = sight.nodes.has_value();
    for (const k8s::Object& pod : sight.pods) {
        if (has_ended(*pod)) {
            continue;
        }
        for (const std::string& resource : gpu_names_of(*pod)) {
            GpuHold hold = hold_of(*pod, resource);
            if (hold.gpus > 0) {
                usage.holds.push_back(std::move(hold));
            }
        }
    }
    const auto order = [](const GpuHold& hold) {
        return std::tuple(hold.is_waiting(), -hold.gpus, hold.name_space, hold.experiment, hold.pod,
                          hold.resource);
    };
    std::sort(
        usage.holds.begin(), usage.holds.end(),
        [&](const GpuHold& left, const GpuHold& right) { return order(left) < order(right); });
    if (sight.nodes) {
        for (const k8s::Object& node : *sight.nodes) {
            add_node(*node, usage);
        }
    }
    std::sort(usage.nodes.begin(), usage.nodes.end(), [](const GpuNode& a, const GpuNode& b) {
        return std::tie(a.name, a.resource) < std::tie(b.name, b.resource);
    });
    return usage;
}

} // namespace pedigree::cli
