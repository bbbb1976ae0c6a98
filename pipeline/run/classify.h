#pragma once
// classify(): why an attempt ended, from the pod's status and, where that is silent, the launcher's
// report. The order: DisruptionTarget, container reason, launcher's report, exit
// code. next_after(): what follows from a verdict. Pure; no clock.

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/failure_class.h"
#include "pipeline/run/pod_facts.h"
#include "pipeline/spec/experiment.h"

namespace pedigree::run {

using pedigree::FailureClass;

struct Verdict {
    FailureClass failure_class = FailureClass::None;
    std::string reason;  // CamelCase: "Completed", "OOMKilled", "ExitCode", "DigestMismatch" ...
    std::string message; // what happened and what to do next
    std::int64_t exit_code = -1; // of the user's command; -1 unknown
};

// What the launcher said, if its report was found; asserted by user code.
struct LauncherWord {
    std::int64_t exit_code = -1;
    std::int64_t signal = 0;
    bool deadline_exceeded = false;
    bool started = true;
    std::string error, failure_hint, stderr_tail;
};

// The pod has ended (or vanished: `pod` empty, `job_failed_reason` says what is known).
Verdict classify(const std::optional<PodFacts>& pod, const std::string& job_failed_reason,
                 const std::optional<LauncherWord>& launcher);

// Whether the pod is over: its containers will not run again.
bool pod_ended(const PodFacts& pod);

// Why a pod that has not started waits: a CamelCase reason and words, and whether waiting longer is
// pointless, and then in which class the attempt ends: Configuration, where the kubelet's words say
// that only a person can mend it (after a short grace: what is missing may be about to come), else
// Infrastructure (a registry that does not answer).
struct Waiting {
    std::string reason, message;
    bool hopeless = false;
    FailureClass failure_class = FailureClass::None; // if hopeless
};
constexpr std::int64_t configuration_grace_seconds = 60;
constexpr std::int64_t pull_grace_seconds = 600;
// Between two containers of a pod that is on a node, with pulling the image of the second.
constexpr std::int64_t start_seconds_max = 3600;
// `gpu_holders`: "2 of 2 in use by vision/resnet-7", put together by the caller; may be empty.
Waiting waiting_reason(const PodFacts& pod, const std::string& gpu_holders, Instant now);

struct TriesSoFar {
    std::int64_t infrastructure = 0, out_of_memory = 0, user_code = 0;
};
enum class NextStep { Stop, Retry, RetryWithMoreMemory };
struct Next {
    NextStep step = NextStep::Stop;
    std::string memory; // quantity, with RetryWithMoreMemory
    std::string why;    // "retry 2 of 10 after Infrastructure"
};
Next next_after(const Verdict& verdict, const TriesSoFar& tries, const std::string& memory,
                const spec::RetriesSpec& retries);

} // namespace pedigree::run
