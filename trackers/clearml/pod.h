#pragma once
// What a pod gets so that an unchanged ClearML script runs against the recorder: environment
// variables, each with its reason in docs/spec/trackers-clearml.md. None holds a credential: the
// keys are words of ours that the SDK takes for some. Pure.

#include <string>
#include <utility>
#include <vector>

namespace pedigree::trackers::clearml {

struct PodFacts {
    std::string base_url; // of the recorder's endpoint, as the pod sees it, without a last slash
    std::string commit;   // "": unknown
    std::string remote;
    std::string entry_point;
    std::string image;
    std::string worker;  // "": the pod's own name
    std::string task_id; // of a prepared task (endpoint.h), whose parameters win; "": none
};

using Environment = std::vector<std::pair<std::string, std::string>>;
Environment environment(const PodFacts& facts);

} // namespace pedigree::trackers::clearml
