#include "cli/experiment/log_reader.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/pause.h"
#include "cli/app/read_api.h"
#include "net/url.h"
#include "pipeline/run/pod_facts.h"
#include "records/names.h"

namespace pedigree::cli {

namespace {

// How often the pods are looked at while nothing is there to be read.
constexpr std::chrono::milliseconds look_again{1000};

// The pod was removed, or its container's log with it.
bool is_gone(const Error& error) {
    return error.code == ErrorCode::NotFound || error.code == ErrorCode::InvalidInput ||
           error.code == ErrorCode::Gone;
}

} // namespace

LogReader::LogReader(std::string name, std::int64_t trial, const LogWindowLimits& window,
                     const Cluster& cluster, Terminal& terminal)
    : name_(std::move(name)), trial_(trial), cluster_(cluster), terminal_(terminal),
      window_(window), patience_(cluster, terminal) {}

Result<ExitCode> LogReader::print(const std::int64_t wanted) {
    TRY(look());
    if (pods_.empty() && (trial_ != 0 || (of_search() && experiment_.finished()))) {
        TRY(from_record(wanted)); // it knows which attempt was the last of which trial
        return ExitCode::Ok;
    }
    const std::int64_t attempt = std::max<std::int64_t>(wanted == 0 ? last_attempt() : wanted, 1);
    switch (log_source(attempt, pods_, experiment_)) {
    case LogSource::Pod:
        // A pod that is removed meanwhile has its log in the record.
        if (const Status status = from_pod(attempt, Follow::No); status) {
            return ExitCode::Ok;
        } else if (!is_gone(status.error())) {
            return tl::unexpected(status.error());
        }
        [[fallthrough]];
    case LogSource::Record:
        TRY(from_record(attempt));
        return ExitCode::Ok;
    case LogSource::Later:
    case LogSource::Nowhere:
        break;
    }
    return tl::unexpected(not_started(attempt));
}

Result<ExitCode> LogReader::follow(const std::int64_t wanted) {
    std::int64_t attempt = wanted;
    bool began = false;
    while (true) {
        if (const Status seen = look(); !seen) {
            TRY(patience_.bear(seen.error()));
            if (!pause_for(look_again, cluster_.stop)) {
                return failure(ErrorCode::Cancelled, "interrupted");
            }
            continue;
        }
        patience_.answered();
        if (trial_ != 0 && pods_.empty() && from_record(wanted)) {
            return ExitCode::Ok; // its pods are gone
        }
        attempt = attempt == 0 ? std::max<std::int64_t>(last_attempt(), 1) : attempt;
        if (log_source(attempt, pods_, experiment_) == LogSource::Nowhere) {
            return began ? Result<ExitCode>(ExitCode::Ok) : tl::unexpected(not_started(attempt));
        }
        TRY(const bool at_end, follow_one(attempt));
        if (at_end && (wanted != 0 || of_search())) {
            return ExitCode::Ok;
        }
        if (at_end) {
            ++attempt;
            printed_ = 0;
            began = true;
        } else if (!pause_for(look_again, cluster_.stop)) {
            return failure(ErrorCode::Cancelled, "interrupted");
        }
    }
}

// Whether the attempt was printed to its end.
Result<bool> LogReader::follow_one(std::int64_t attempt) {
    switch (log_source(attempt, pods_, experiment_)) {
    case LogSource::Pod:
        return follow_pod(attempt);
    case LogSource::Record:
        TRY(from_record(attempt));
        return true;
    case LogSource::Later:
        say_waiting();
        break;
    case LogSource::Nowhere:
        break;
    }
    return false;
}

Result<bool> LogReader::follow_pod(std::int64_t attempt) {
    const bool had_ended = pod_of(attempt)->ended;
    const Status status = from_pod(attempt, Follow::Yes);
    const bool gone = !status && is_gone(status.error());
    if (!status && !gone && !status.error().retryable()) {
        return tl::unexpected(status.error());
    }
    if (gone && had_ended) {
        TRY(from_record(attempt));
    }
    return had_ended && (status || gone);
}

// What is known now: the Experiment and its pods.
Status LogReader::look() {
    TRY(const Json object, cluster_.api.get(experiments, {cluster_.name_space, name_}));
    experiment_ = experiment_from(object);
    k8s::ListOptions options;
    options.name_space = cluster_.name_space;
    options.label_selector = fmt::format("{}={}", records::experiment_label, experiment_.uid);
    if (trial_ != 0) {
        options.label_selector += fmt::format(",{}={}", records::trial_label, trial_);
    }
    TRY(const k8s::ObjectList list, cluster_.api.list(k8s::pods, options));
    std::vector<Json> pods;
    for (const k8s::Object& pod : list.items) {
        pods.push_back(*pod);
    }
    if (of_search() && trial_ == 0 && !pods.empty()) {
        choose_trial(pods);
        return look();
    }
    pods_ = attempts_of(pods);
    if (of_search()) { // the status counts the attempts of all trials
        experiment_.attempts = pods_.empty() ? 0 : pods_.back().attempt;
    }
    return {};
}

// Once: other trials begin while this one is followed.
void LogReader::choose_trial(const std::vector<Json>& pods) {
    trial_ = 1;
    for (const Json& pod : pods) {
        trial_ = std::max(trial_, number_in_label(pod, records::trial_label));
    }
    terminal_.err << fmt::format("-- {}: trial {}; another one: --trial N\n", name_, trial_);
}

bool LogReader::of_search() const {
    return trial_ != 0 || !experiment_.progress.empty();
}

const PodOfAttempt* LogReader::pod_of(std::int64_t attempt) const {
    for (const PodOfAttempt& pod : pods_) {
        if (pod.attempt == attempt) {
            return &pod;
        }
    }
    return nullptr;
}

std::int64_t LogReader::last_attempt() const {
    return pods_.empty() ? experiment_.attempts : pods_.back().attempt;
}

// "attempt 2 of trial 7 of experiment mnist-4"; what was not asked for is not named.
std::string LogReader::shown_attempt(std::int64_t attempt) const {
    return (attempt == 0 ? "" : fmt::format("attempt {} of ", attempt)) +
           (trial_ == 0 ? "" : fmt::format("trial {} of ", trial_)) + "experiment " + name_;
}

// Waiting helps only as long as the Experiment goes on.
Error LogReader::not_started(std::int64_t attempt) const {
    const bool first = last_attempt() == 0;
    const std::string what = shown_attempt(first ? 0 : attempt);
    const std::string state = experiment_.state_text();
    return {ErrorCode::NotFound,
            experiment_.finished()
                ? fmt::format("{} never started training ({}); see pedigree describe {}", what,
                              state, name_)
                : fmt::format("{} has not started training ({}); wait for it: pedigree logs -f {}",
                              what, state, name_)};
}

void LogReader::say_waiting() {
    const std::string text = printable(experiment_.state_text());
    if (text != said_) {
        terminal_.err << fmt::format("-- {}: {}\n", name_, text);
        said_ = text;
    }
}

Status LogReader::from_pod(std::int64_t attempt, Follow follow) {
    const std::string path = fmt::format(
        "{}?container={}", k8s::pods.path(cluster_.name_space, pod_of(attempt)->name, "log"),
        run::train_container);
    if (window_.any()) {
        TRY(stream_window(path + (window_.since ? "&timestamps=true" : "")));
        if (follow == Follow::No) {
            return {};
        }
    }
    return stream(path + (follow == Follow::Yes ? "&follow=true" : ""), printed_);
}

Status LogReader::from_record(std::int64_t attempt) {
    if (window_.since) {
        return failure(ErrorCode::InvalidInput,
                       fmt::format("the pod of {} is gone, and its kept log has no times: --tail "
                                   "counts lines instead of --since",
                                   shown_attempt(attempt)));
    }
    const std::string numbers = (trial_ == 0 ? "" : fmt::format("trial={}&", trial_)) +
                                (attempt == 0 ? "" : fmt::format("attempt={}&", attempt));
    const std::string path = lineage_path(
        cluster_, fmt::format("logs/{}?{}from={}", net::percent_encode(name_), numbers, printed_));
    auto status = window_.any() ? stream_window(path) : stream(path, 0);
    return status ? std::move(status)
                  : tl::unexpected(without_record(std::move(status).error(), attempt));
}

Error LogReader::without_record(Error error, std::int64_t attempt) const {
    const std::string what = "log of " + shown_attempt(attempt);
    if (error.code == ErrorCode::NotFound && trial_ != 0) {
        error.message += fmt::format("; which trials there are: pedigree trials {}", name_);
    }
    return std::move(error).within(what);
}

Status LogReader::stream(const std::string& path, std::uint64_t skip) {
    ByteSkipper skipper(skip);
    return cluster_.stream(
        path,
        [&](std::string_view bytes) -> Status {
            const std::string_view rest = skipper.rest_of(bytes);
            printed_ += rest.size();
            return write(rest);
        },
        cluster_.stop);
}

// The window of what is there now; afterwards there is none.
Status LogReader::stream_window(const std::string& path) {
    LogWindow window(window_);
    TRY(cluster_.stream(
        path, [&](std::string_view bytes) { return write(window.take(bytes)); }, cluster_.stop));
    printed_ = window.bytes();
    window_ = {};
    return write(window.end());
}

Status LogReader::write(std::string_view bytes) {
    terminal_.out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    terminal_.out.flush();
    return terminal_.out ? Status() : Status(failure(ErrorCode::Cancelled, "output was closed"));
}

} // namespace pedigree::cli
