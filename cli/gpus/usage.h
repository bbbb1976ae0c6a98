#pragma once
// Who holds GPUs, who waits for some, and what is free: from the pods and nodes that the caller may
// read. A pod holds what it asked for from the moment a node is chosen until it has ended. Pure.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "k8s/object.h"

namespace pedigree::cli {

struct GpuHold {
    std::string name_space, pod;
    std::string experiment; // empty: the pod is none of ours
    std::string trial, attempt;
    std::string node; // empty: it waits for one
    std::string resource;
    std::int64_t gpus = 0;
    std::optional<Instant> since; // it was placed, or waits

    bool is_waiting() const { return node.empty(); }
};

struct GpuNode {
    std::string name, product, resource;
    std::int64_t allocatable = 0, held = 0;
    bool takes_pods = true; // ready, and not cordoned

    std::int64_t free() const;
};

struct GpuUsage {
    std::vector<GpuHold> holds; // most GPUs first, then who waits
    std::vector<GpuNode> nodes; // by name
    bool nodes_known = false;   // else `nodes` is empty
    bool everywhere = false;    // pods of all namespaces; else nobody knows what is free
};

// "nvidia.com/gpu", "nvidia.com/mig-1g.5gb", "amd.com/gpu", "gpu.intel.com/i915".
bool is_gpu(std::string_view resource);

// Of one kind: what its containers ask for together, or one that begins before them alone.
std::int64_t gpus_of(const Json& pod, const std::string& resource);

struct GpuSight {
    std::vector<k8s::Object> pods;
    bool everywhere = false;
    std::optional<std::vector<k8s::Object>> nodes; // none: the caller may not list them
};
GpuUsage gpu_usage(const GpuSight& sight);

} // namespace pedigree::cli
