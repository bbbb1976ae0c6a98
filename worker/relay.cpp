#include "worker/relay.h"

#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <sys/socket.h>

#include "base/json.h"
#include "base/log.h"
#include "base/process.h"
#include "base/scratch_folder.h"
#include "base/send_all.h"
#include "worker/failure.h"

namespace pedigree::worker {
namespace {

namespace work = records::work;
using std::chrono::milliseconds;

constexpr std::chrono::seconds request_seconds_max{30};
constexpr std::int64_t deadline_seconds_max = 6 * 3600;
constexpr std::uint64_t child_file_bytes_max = 16ull << 30;
constexpr std::uint64_t child_open_files_max = 1024;

// One line, whole within request_seconds_max, of at most line_bytes_max. Cancelled: nobody waits
// for an answer any more.
Result<std::string> read_line(int client) {
    std::string text;
    std::array<char, 64 * 1024> buffer;
    const auto end = std::chrono::steady_clock::now() + request_seconds_max;
    for (;;) {
        const auto left =
            std::chrono::duration_cast<milliseconds>(end - std::chrono::steady_clock::now());
        pollfd watched{client, POLLIN, 0};
        if (left.count() <= 0 || ::poll(&watched, 1, static_cast<int>(left.count())) == 0) {
            return failure(ErrorCode::Timeout,
                           fmt::format("no whole request line within {} seconds",
                                       request_seconds_max.count()));
        }
        const ssize_t count = ::recv(client, buffer.data(), buffer.size(), 0);
        if (count <= 0) {
            return failure(ErrorCode::Cancelled, "the client closed before its request was whole");
        }
        text.append(buffer.data(), static_cast<std::size_t>(count));
        if (text.size() > work::line_bytes_max) {
            return failure(ErrorCode::TooLarge, fmt::format("the request is larger than {} MiB",
                                                            work::line_bytes_max >> 20));
        }
        if (text.back() == '\n') {
            return text;
        }
    }
}

std::map<std::string, std::string> child_environment(const std::filesystem::path& scratch) {
    std::map<std::string, std::string> environment{{"LC_ALL", "C.UTF-8"},
                                                   {"PATH", "/usr/bin:/bin"},
                                                   {"HOME", scratch.string()},
                                                   {"TMPDIR", scratch.string()}};
    for (const char* name : {"PEDIGREE_FAILPOINT", "PEDIGREE_FAILPOINT_ONCE"}) {
        if (const char* value = std::getenv(name); value != nullptr) {
            environment[name] = value;
        }
    }
    return environment;
}

ProcessRequest child_process(const RelayOptions& options, const std::filesystem::path& scratch,
                             std::int64_t deadline_seconds) {
    ProcessRequest process;
    process.argv = {options.program.string(), "--child", "--scratch",
                    scratch.string(),         "--cache", options.cache.string()};
    process.environment = child_environment(scratch);
    process.working_directory = scratch;
    process.output_bytes_max = work::line_bytes_max;
    process.deadline =
        std::chrono::seconds(std::clamp<std::int64_t>(deadline_seconds, 1, deadline_seconds_max));
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    // Sanitizers reserve terabytes.
    process.limits.memory_bytes_max = options.child_memory_bytes;
#endif
    process.limits.file_bytes_max = child_file_bytes_max;
    process.limits.open_files_max = child_open_files_max;
    return process;
}

// What the child is told, and where each of its lines goes.
struct Conversation {
    int client;
    const std::string& line;
    std::function<Status(std::string_view)> pass_on;
};

Result<ProcessResult> run_child(Conversation with, std::int64_t deadline_seconds,
                                const RelayOptions& options, std::stop_token stop) {
    TRY(const ScratchFolder scratch, ScratchFolder::make(options.scratch, "work-"));
    ProcessRequest process = child_process(options, scratch.path(), deadline_seconds);
    process.input = with.line;
    process.abandoned_by = with.client;
    process.on_line = std::move(with.pass_on);
    return run_process(process, std::move(stop));
}

// Of a child that ended without an answer of its own.
work::WorkFailure no_answer(const work::WorkRequest& request, const Result<ProcessResult>& ended) {
    const bool late = !ended && ended.error().code == ErrorCode::Timeout;
    std::string said;
    if (late) {
        said = fmt::format("{} was not done within {} seconds", to_string(request.kind),
                           request.deadline_seconds);
    } else if (!ended) {
        said = ended.error().message;
    } else {
        said = fmt::format(
            "the worker's process for {} ended by itself (exit {}, signal {}{}); "
            "trying again",
            to_string(request.kind), ended->exit_code, ended->signal,
            ended->signal == SIGKILL ? ", as when a container or node is out of memory" : "");
    }
    Error error(ended ? ErrorCode::Unavailable : ended.error().code, std::move(said));
    error.reason = late ? "DeadlineExceeded" : "WorkerInterrupted";
    work::WorkFailure told = work_failure(error);
    told.died = ended && ended->signal != 0;
    return told;
}

// Ends with how it went, for the log: "Outcome" or the reason of the failure.
std::string converse(int client, const std::string& line, const work::WorkRequest& request,
                     const RelayOptions& options, std::stop_token stop) {
    std::string ending;
    const auto pass_on = [&](std::string_view frame) -> Status {
        if (const auto answer = work::decode_answer(frame); answer && !answer->progress) {
            ending = answer->failure ? answer->failure->reason : "Outcome";
        }
        TRY(send_all(client, frame));
        return send_all(client, "\n");
    };
    const auto ended =
        run_child({client, line, pass_on}, request.deadline_seconds, options, std::move(stop));
    if (ending.empty()) {
        const work::WorkFailure told = no_answer(request, ended);
        (void)send_all(client, work::encode_failure(told));
        ending = told.reason;
    }
    return ending;
}

Result<work::WorkRequest> parse_request(const std::string& line) {
    TRY(const Json frame, parse_json(line, {.bytes_max = work::line_bytes_max}));
    return work::request_from(frame);
}

} // namespace

void relay(int client, const RelayOptions& options, std::stop_token stop) {
    const auto begin = std::chrono::steady_clock::now();
    const Result<std::string> line = read_line(client);
    const Result<work::WorkRequest> request =
        line ? parse_request(*line) : tl::unexpected<Error>(line.error());
    if (!request) {
        log_warning("request refused", {{"problem", request.error().message}});
        (void)send_all(client, work::encode_failure(work_failure(request.error())));
        return;
    }
    const std::string ending = converse(client, *line, *request, options, stop);
    const auto took =
        std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - begin);
    log_info("work done", {{"kind", to_string(request->kind)},
                           {"id", request->id},
                           {"ending", ending},
                           {"milliseconds", std::to_string(took.count())}});
}

} // namespace pedigree::worker
