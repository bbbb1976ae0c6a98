#pragma once
// What a pod gets so that an unchanged W&B script runs against the recorder: environment variables,
// for 0.15.12 and for wandb-core, each with its reason in docs/spec/trackers-wandb.md. None holds a
// credential: the key is a word of ours that both SDKs take for one. Pure.

#include <vector>

#include "trackers/pod.h"

namespace pedigree::trackers::wandb {

constexpr const char* endpoint_path = "wandb"; // on the recorder's port

PodEnvironment environment(const PodFacts& facts);

// The file that WANDB_SWEEP_PARAM_PATH names, for an Experiment with parameters: in wandb.config
// their values win over the script's, and are locked. JSON is YAML.
std::vector<PodFile> files(const PodFacts& facts);

} // namespace pedigree::trackers::wandb
