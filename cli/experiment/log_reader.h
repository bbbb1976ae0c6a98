#pragma once
// LogReader: prints the log of one Experiment's attempts, wherever it is (log_source.h): to
// terminal.out the bytes of the training, to terminal.err what is waited for. One thread.

#include <cstdint>
#include <string>
#include <vector>

#include "cli/app/cluster.h"
#include "cli/app/exit_code.h"
#include "cli/app/terminal.h"
#include "cli/experiment/log_source.h"
#include "cli/experiment/log_window.h"
#include "cli/experiment/patience.h"

namespace pedigree::cli {

class LogReader {
  public:
    // `trial` counts from 1; 0: of a search, the last one that has a pod. `window`: of the first
    // attempt that is printed only this; since alone needs a pod, since what is kept has no times.
    LogReader(std::string name, std::int64_t trial, const LogWindowLimits& window,
              const Cluster& cluster, Terminal& terminal);

    // The attempt as it is now; 0: the last one. NotFound: it has not started, or never will.
    Result<ExitCode> print(std::int64_t wanted);

    // Waits for the attempt, prints it to its end, and goes on with the next one until the
    // Experiment has ended; a given attempt, and one of a search, is printed alone.
    Result<ExitCode> follow(std::int64_t wanted);

  private:
    enum class Follow { No, Yes };

    Status look();
    void choose_trial(const std::vector<Json>& pods);
    bool of_search() const;
    const PodOfAttempt* pod_of(std::int64_t attempt) const; // nullptr: it has none
    std::int64_t last_attempt() const;
    Result<bool> follow_one(std::int64_t attempt);
    Result<bool> follow_pod(std::int64_t attempt);
    Error not_started(std::int64_t attempt) const;
    std::string shown_attempt(std::int64_t attempt) const;
    void say_waiting();
    Status from_pod(std::int64_t attempt, Follow follow);
    Status from_record(std::int64_t attempt);
    Error without_record(Error error, std::int64_t attempt) const;
    Status stream(const std::string& path, std::uint64_t skip);
    Status stream_window(const std::string& path);
    Status write(std::string_view bytes);

    const std::string name_;
    std::int64_t trial_; // 0: none was chosen
    const Cluster& cluster_;
    Terminal& terminal_;
    Experiment experiment_; // as it was last seen, with its pods
    std::vector<PodOfAttempt> pods_;
    LogWindowLimits window_;    // none any more once it was printed
    std::uint64_t printed_ = 0; // bytes of the current attempt
    std::string said_;
    Patience patience_;
};

} // namespace pedigree::cli
