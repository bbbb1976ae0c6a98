#include "experiment/run_status.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace pedigree::experiment {
namespace {

constexpr int code_of_signal = 128;                // of a shell's, and the kubelet's, exit codes
constexpr std::array ended_from_outside{2, 9, 15}; // SIGINT, SIGKILL, SIGTERM

bool is_signal_from_outside(std::int64_t exit_code) {
    return std::find(ended_from_outside.begin(), ended_from_outside.end(),
                     exit_code - code_of_signal) != ended_from_outside.end();
}

} // namespace

std::string run_status(const AttemptRow& attempt) {
    const FailureClass failure_class = attempt.failure_class;
    const bool killed =
        failure_class == FailureClass::Cancelled || failure_class == FailureClass::Deadline ||
        failure_class == FailureClass::Infrastructure ||
        failure_class == FailureClass::OutOfMemory || is_signal_from_outside(attempt.exit_code);
    return failure_class == FailureClass::None ? "FINISHED" : killed ? "KILLED" : "FAILED";
}

bool is_left_open(const std::string& script_status) {
    return script_status.empty() || script_status == "RUNNING";
}

} // namespace pedigree::experiment
