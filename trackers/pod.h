#pragma once
// What trackers put into a training pod, as values: the environment of its container and files that
// it may read, whether the spec names a tracker or not. None of it is a credential, or the name of
// one. Pure.

#include <string>
#include <utility>
#include <vector>

namespace pedigree::trackers {

// What is known of a pod before there is one.
struct PodFacts {
    std::string recorder_url; // of the recorder's port, as the training container sees it
    std::string commit;       // "": unknown
    std::string repository_url;
    std::string image;
    std::string parameters_json; // of the spec, a JSON object; "": none
};

// Laid into records::pod::tools_directory before the script begins.
struct PodFile {
    std::string name;
    std::string text;
};

using PodEnvironment = std::vector<std::pair<std::string, std::string>>;

// Of all trackers.
PodEnvironment pod_environment(const PodFacts& facts);
std::vector<PodFile> pod_files(const PodFacts& facts);

} // namespace pedigree::trackers
