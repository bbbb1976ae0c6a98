#pragma once
// Keys of activities, unique within an Experiment and deterministic, so that a restart finds what
// it wanted.

#include <cstdint>
#include <string>

namespace pedigree::experiment {

// Activity keys, unique within an Experiment.
inline const std::string resolve_activity = "ResolveSource/source";
inline const std::string build_activity = "BuildImage/image";
inline const std::string imports_activity = "CheckImports/image";
// The parent run is opened and closed once more with each extension of a search.
inline const std::string parent_name = "parent";
inline std::string open_activity(std::int64_t extensions) {
    return "OpenTracker/mlflow" + (extensions == 0 ? "" : "-" + std::to_string(extensions));
}
inline std::string close_activity(std::int64_t extensions) {
    return "CloseTracker/" + parent_name +
           (extensions == 0 ? "" : "-" + std::to_string(extensions));
}
inline std::string attempt_name(std::int64_t trial, std::int64_t attempt) {
    return "attempt-" + std::to_string(trial) + "-" + std::to_string(attempt);
}
inline std::string collect_activity(std::int64_t trial, std::int64_t attempt) {
    return "FetchObject/" + attempt_name(trial, attempt);
}
inline std::string tell_activity(std::int64_t trial, std::int64_t attempt) {
    return "CloseTracker/" + attempt_name(trial, attempt);
}

} // namespace pedigree::experiment
