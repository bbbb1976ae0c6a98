#pragma once
// What a pod gets so that an unchanged ClearML script runs against the recorder: environment
// variables, each with its reason in docs/spec/trackers-clearml.md. None holds a credential: the
// keys are words of ours that the SDK takes for some. Pure.

#include "trackers/pod.h"

namespace pedigree::trackers::clearml {

constexpr const char* endpoint_path = "clearml"; // on the recorder's port

PodEnvironment environment(const PodFacts& facts);

} // namespace pedigree::trackers::clearml
