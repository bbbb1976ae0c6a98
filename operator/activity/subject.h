#pragma once
// The Experiment an activity is about: its rows, its frozen spec, its namespace's platform. Used by
// the input maker only.

#include "operator/activity/input.h"

namespace pedigree::control {

struct InputMaker::Subject {
    experiment::ExperimentRow experiment;
    std::vector<experiment::AttemptRow> attempts;
    spec::ExperimentSpec spec;
    spec::Platform platform;
    std::string build_outcome; // JSON; "" until the image is built

    static Result<Subject> load(State& state, const PendingActivity& activity,
                                const spec::Configuration& configuration);
    // "attempt-2" -> that attempt
    Result<experiment::AttemptRow> attempt(const std::string& name) const;
    // By which the kubelet pulls the built image and its base.
    std::vector<std::string> pull_secrets() const;
    // Parameters as trackers hold them: texts in canonical form.
    std::map<std::string, std::string> parameter_texts() const;
};

} // namespace pedigree::control
