#pragma once
// PodFacts: what a pod's status says, reduced to what decisions need. operator/ fills it from the
// pod object; classify() and waiting_reason() read it. Plain values.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"

namespace pedigree::run {

struct ContainerFacts {
    std::string name;
    bool waiting = false, running = false, terminated = false;
    std::string reason;  // waiting: ErrImagePull ...; terminated: OOMKilled, Error, Completed ...
    std::string message; // waiting: the kubelet's words; terminated: the termination message
    std::int64_t exit_code = -1;
    std::int64_t signal = 0;
    std::int64_t restarts = 0;
    std::string image_id; // what it ran, in the kubelet's words; "" before it was made
    std::optional<Instant> started_at, finished_at;
};

struct PodCondition {
    std::string type, status, reason, message;
};

struct PodFacts {
    std::string phase;  // Pending, Running, Succeeded, Failed
    std::string reason; // status.reason: Evicted, NodeLost ...
    std::string message;
    std::string node_name;
    bool deleting = false;
    std::optional<Instant> created_at, started_at; // by the API server's and the node's clocks
    std::optional<Instant> placed_since;           // by our own, since it is known to have a node
    std::vector<PodCondition> conditions;
    ContainerFacts prepare;  // init container
    ContainerFacts recorder; // native sidecar
    ContainerFacts train;    // the user's command below the launcher
};

// The names of the containers in every training pod.
constexpr const char* prepare_container = "prepare";
constexpr const char* recorder_container = "recorder";
constexpr const char* train_container = "train";

} // namespace pedigree::run
