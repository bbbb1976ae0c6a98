#pragma once
// What a pod gets so that an unchanged W&B script runs against the recorder: environment variables,
// for 0.15.12 and for wandb-core, each with its reason in docs/spec/trackers-wandb.md. None holds a
// credential: the key is a word of ours that both SDKs take for one. Pure.

#include <string>
#include <utility>
#include <vector>

namespace pedigree::trackers::wandb {

struct PodFacts {
    std::string base_url;  // of the recorder's endpoint, as the pod sees it
    std::string run_group; // "" : as the script says
    std::string commit;    // "" : unknown
    std::string remote;
    std::string image;
    std::string parameters_file; // with locked values (sweep_parameters); "": none
};

using Environment = std::vector<std::pair<std::string, std::string>>;
Environment environment(const PodFacts& facts);

// A file for WANDB_SWEEP_PARAM_PATH: the values win over the script's, and are locked. Values are
// JSON texts. JSON is YAML.
std::string sweep_parameters(const std::vector<std::pair<std::string, std::string>>& parameters);

} // namespace pedigree::trackers::wandb
