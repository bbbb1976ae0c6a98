#include "trackers/mlflow/truth.h"

#include <algorithm>

namespace pedigree::trackers::mlflow {
namespace {

bool open(const RunState& run) {
    return run.status == "RUNNING" || run.status == "SCHEDULED";
}

// What the SDK says by itself while Python goes down.
bool may_be_of_the_exit(const RunState& run, const std::string& truth) {
    return (run.status == "FINISHED" && truth != "FINISHED") ||
           (run.status == "FAILED" && truth == "KILLED");
}

} // namespace

std::vector<std::string> runs_to_repair(const std::vector<RunState>& runs,
                                        const std::string& truth) {
    const bool any_open = std::any_of(runs.begin(), runs.end(), open);
    std::int64_t last_end_ms = 0;
    for (const RunState& run : runs) {
        last_end_ms = std::max(last_end_ms, run.end_ms);
    }
    std::vector<std::string> out;
    for (const RunState& run : runs) {
        const bool closed_at_exit = !any_open && may_be_of_the_exit(run, truth) &&
                                    run.end_ms + exit_handler_ms_max >= last_end_ms;
        if (open(run) || closed_at_exit) {
            out.push_back(run.run_id);
        }
    }
    return out;
}

} // namespace pedigree::trackers::mlflow
