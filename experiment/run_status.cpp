#include "experiment/run_status.h"

namespace pedigree::experiment {
namespace {

constexpr int code_of_signal = 128; // of a shell's, and the kubelet's, exit codes
constexpr int kill_signal = 9, terminate_signal = 15;

} // namespace

std::string run_status(const AttemptRow& attempt) {
    const FailureClass failure_class = attempt.failure_class;
    const bool killed = failure_class == FailureClass::Cancelled ||
                        failure_class == FailureClass::Deadline ||
                        failure_class == FailureClass::Infrastructure ||
                        failure_class == FailureClass::OutOfMemory ||
                        attempt.exit_code == code_of_signal + kill_signal ||
                        attempt.exit_code == code_of_signal + terminate_signal;
    return failure_class == FailureClass::None ? "FINISHED" : killed ? "KILLED" : "FAILED";
}

bool is_left_open(const std::string& script_status) {
    return script_status.empty() || script_status == "RUNNING";
}

} // namespace pedigree::experiment
