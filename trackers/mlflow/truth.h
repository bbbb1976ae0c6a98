#pragma once
// What MLflow must be told at the end of an attempt. Its own states lie: a script that dies of an
// exception leaves FINISHED (the SDK's exit handler), one that is killed leaves RUNNING, one that
// is interrupted leaves FAILED (`with mlflow.start_run()`). A run that is still open takes the
// attempt's status. If none is open and the attempt did not finish well, the runs that ended last
// (within a moment of each other) were closed on the way out: they take it too. Runs that ended
// before stay as the script left them. Pure.

#include <cstdint>
#include <string>
#include <vector>

namespace pedigree::trackers::mlflow {

struct RunState {
    std::string run_id;
    std::string status;      // RUNNING, SCHEDULED, FINISHED, FAILED, KILLED
    std::int64_t end_ms = 0; // 0: none
};

constexpr std::int64_t exit_handler_ms_max = 2000;

// The ids of the runs whose status must become `truth`.
std::vector<std::string> runs_to_repair(const std::vector<RunState>& runs,
                                        const std::string& truth);

} // namespace pedigree::trackers::mlflow
