#include "pipeline/run/classify.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.h"

namespace pedigree::run {
namespace {

// Reasons in a pod's status that say that the node ended it, not the container.
constexpr std::array<std::string_view, 6> node_reasons{
    "Evicted", "NodeLost", "NodeShutdown", "Terminated", "UnexpectedAdmissionError", "Shutdown"};

constexpr std::size_t last_line_bytes_max = 200;

Verdict verdict(FailureClass failure_class, std::string reason, std::string message,
                std::int64_t exit_code = -1) {
    return {failure_class, std::move(reason), std::move(message), exit_code};
}

// An eviction for what the pod itself used up: again, it would end the same way. One for the node's
// shortage carries DisruptionTarget.
bool is_own_limit(const std::string& message) {
    return message.find("ephemeral local storage usage exceeds") != std::string::npos ||
           message.find("exceeded its local ephemeral storage limit") != std::string::npos ||
           message.find("Usage of EmptyDir volume") != std::string::npos;
}

// 1. The cluster took the pod away.
std::optional<Verdict> disrupted(const PodFacts& pod) {
    for (const PodCondition& condition : pod.conditions) {
        if (condition.type == "DisruptionTarget" && condition.status == "True") {
            return verdict(FailureClass::Infrastructure, condition.reason,
                           "the cluster took the pod away: " + condition.message);
        }
    }
    if (pod.reason == "Evicted" && is_own_limit(pod.message)) {
        return verdict(FailureClass::Configuration, "ScratchExceeded",
                       "the pod wrote more than spec.resources.scratch allows; raise it: " +
                           pod.message);
    }
    const bool by_node =
        std::find(node_reasons.begin(), node_reasons.end(), pod.reason) != node_reasons.end();
    if (by_node) {
        return verdict(FailureClass::Infrastructure, pod.reason,
                       "the node ended the pod: " + pod.message);
    }
    if (pod.reason == "DeadlineExceeded") {
        return verdict(FailureClass::Deadline, "DeadlineExceeded", pod.message);
    }
    return std::nullopt;
}

// What `prepare` wrote to its termination message, if it failed.
std::optional<Verdict> prepare_failed(const ContainerFacts& prepare) {
    if (!prepare.terminated || prepare.exit_code == 0) {
        return std::nullopt;
    }
    const auto document = parse_json(prepare.message);
    if (document) {
        const Json& said = at_path(*document, {"failure"});
        const auto known = from_word<FailureClass>(string_or(said, "class"));
        if (known && *known != FailureClass::None) {
            return verdict(*known, string_or(said, "reason", "PrepareFailed"),
                           string_or(said, "message"));
        }
    }
    if (prepare.reason == "OOMKilled") {
        return verdict(FailureClass::Infrastructure, "PrepareOutOfMemory",
                       "prepare used more memory than it may; this is not the script's fault");
    }
    return verdict(FailureClass::Infrastructure, "PrepareFailed",
                   fmt::format("prepare ended with exit code {}", prepare.exit_code));
}

// 2. The container runtime's word.
std::optional<Verdict> by_container(const ContainerFacts& train) {
    // A helper process may have been killed for memory while the script went on and ended well.
    if (train.reason == "OOMKilled" && train.exit_code != 0) {
        return verdict(FailureClass::OutOfMemory, "OOMKilled",
                       "the training container used more memory than spec.resources.memory; raise "
                       "it, or set retries.outOfMemory with retries.memoryLimit",
                       train.exit_code);
    }
    if (train.reason == "StartError" || train.reason == "ContainerCannotRun") {
        return verdict(FailureClass::Configuration, train.reason,
                       "the training container could not be started: " + train.message,
                       train.exit_code);
    }
    if (train.reason == "ContainerStatusUnknown") {
        return verdict(FailureClass::Infrastructure, "ContainerStatusUnknown",
                       "the node lost sight of the training container", train.exit_code);
    }
    return std::nullopt;
}

// 3. The launcher's report.
std::optional<Verdict> by_launcher(const LauncherWord& word, std::int64_t exit_code) {
    if (!word.started) {
        return verdict(FailureClass::Configuration, "CommandNotStarted",
                       "spec.command could not be started: " + word.error, exit_code);
    }
    if (word.deadline_exceeded) {
        return verdict(FailureClass::Deadline, "TrainDeadlineExceeded",
                       "training took longer than deadlines.trainSeconds", exit_code);
    }
    if (word.failure_hint == "CudaOutOfMemory") {
        return verdict(FailureClass::OutOfMemory, "CudaOutOfMemory",
                       "the GPU's memory did not suffice; make the batch smaller", exit_code);
    }
    return std::nullopt;
}

// Of Linux on x86-64 and arm64; those above are the real-time ones.
constexpr std::array<std::string_view, 32> signal_names{
    "",          "SIGHUP",  "SIGINT",    "SIGQUIT", "SIGILL",   "SIGTRAP", "SIGABRT", "SIGBUS",
    "SIGFPE",    "SIGKILL", "SIGUSR1",   "SIGSEGV", "SIGUSR2",  "SIGPIPE", "SIGALRM", "SIGTERM",
    "SIGSTKFLT", "SIGCHLD", "SIGCONT",   "SIGSTOP", "SIGTSTP",  "SIGTTIN", "SIGTTOU", "SIGURG",
    "SIGXCPU",   "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO",   "SIGPWR",  "SIGSYS"};
constexpr std::int64_t bus_error = 7;

std::string signal_name(std::int64_t number) {
    return number > 0 && number < static_cast<std::int64_t>(signal_names.size())
               ? std::string(signal_names[static_cast<std::size_t>(number)])
               : "signal " + std::to_string(number);
}

// A full /dev/shm shows itself as a bus error, at the first write to a page that has no room.
std::string signal_advice(std::int64_t number) {
    return number == bus_error ? " (often a full /dev/shm: raise spec.resources.sharedMemory)" : "";
}

// Letters and digits of any script; not the rules, boxes, blocks and braille dots of which progress
// bars and frames are drawn (Unicode 15: General Punctuation to Miscellaneous Symbols and Arrows),
// nor what stands for bytes that are no character.
bool says_something(std::string_view line) {
    while (!line.empty()) {
        const Character character = first_character(line);
        const std::uint32_t code = character.code;
        const bool ascii = (code >= '0' && code <= '9') || (code >= 'A' && code <= 'Z') ||
                           (code >= 'a' && code <= 'z');
        const bool drawn = (code >= 0x2000 && code < 0x2c00) || code == 0xfffd;
        if (character.valid && (ascii || (code >= 0xc0 && !drawn))) {
            return true;
        }
        line.remove_prefix(character.bytes);
    }
    return false;
}

// The last line in which a person finds words, fit for a message. A bar that goes back to the
// line's begin (\r) is as many lines as were seen. Where no line has words: the last one.
std::string last_words(std::string_view tail) {
    std::string_view last;
    while (!tail.empty()) {
        const auto end = tail.find_last_of("\n\r");
        const std::string_view line = tail.substr(end == std::string_view::npos ? 0 : end + 1);
        if (says_something(line)) {
            last = line;
            break;
        }
        if (last.find_first_not_of(" \t") == std::string_view::npos) {
            last = line;
        }
        tail = tail.substr(0, end == std::string_view::npos ? 0 : end);
    }
    const auto begin = last.find_first_not_of(" \t");
    const auto end = last.find_last_not_of(" \t");
    return begin == std::string_view::npos
               ? ""
               : clean_text(last.substr(begin, end - begin + 1), last_line_bytes_max);
}

// 4. The exit code alone.
Verdict by_exit_code(const ContainerFacts& train, const std::optional<LauncherWord>& launcher) {
    if (train.exit_code == 0) {
        return verdict(FailureClass::None, "Completed", "the script ended with 0", 0);
    }
    const std::string last_line = launcher ? last_words(launcher->stderr_tail) : "";
    const std::string said = last_line.empty() ? "" : "; its last line: " + last_line;
    if (train.exit_code > 128 && train.exit_code < 128 + 65) {
        return verdict(FailureClass::UserCode, "Signal",
                       fmt::format("the script was ended by {}{}{}",
                                   signal_name(train.exit_code - 128),
                                   signal_advice(train.exit_code - 128), said),
                       train.exit_code);
    }
    return verdict(FailureClass::UserCode, "ExitCode",
                   fmt::format("the script ended with exit code {}{}; see pedigree logs",
                               train.exit_code, said),
                   train.exit_code);
}

} // namespace

Verdict classify(const std::optional<PodFacts>& pod, const std::string& job_failed_reason,
                 const std::optional<LauncherWord>& launcher) {
    if (!pod) {
        if (job_failed_reason == "DeadlineExceeded") {
            return verdict(FailureClass::Deadline, "DeadlineExceeded", "the Job ran out of time");
        }
        return verdict(FailureClass::Infrastructure,
                       job_failed_reason == "JobDeleted" ? "JobDeleted" : "PodLost",
                       "the pod vanished before its end was seen");
    }
    if (auto found = disrupted(*pod)) {
        return *found;
    }
    if (auto found = prepare_failed(pod->prepare)) {
        return *found;
    }
    if (auto found = by_container(pod->train)) {
        return *found;
    }
    if (launcher) {
        if (auto found = by_launcher(*launcher, pod->train.exit_code)) {
            return *found;
        }
    }
    if (!pod->train.terminated) {
        return verdict(FailureClass::Infrastructure, "PodLost",
                       "the pod ended without its training container having been started");
    }
    if (pod->deleting && pod->train.exit_code != 0) {
        return verdict(FailureClass::Infrastructure, "PodDeleted",
                       "the pod was deleted while the script ran", pod->train.exit_code);
    }
    return by_exit_code(pod->train, launcher);
}

bool pod_ended(const PodFacts& pod) {
    return pod.phase == "Succeeded" || pod.phase == "Failed";
}

} // namespace pedigree::run
