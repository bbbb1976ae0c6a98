#pragma once
// Trials: what the events so far say of each trial. Values; one thread at a time.

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/words.h"
#include "pipeline/search/event.h"

namespace pedigree::search {

enum class TrialState { Running, Completed, Stopped, Failed };
Words<TrialState> words_of(TrialState);

struct Report {
    std::int64_t step = 0;
    double value = 0;
};

// What a trial had come to at a step; only finite values count.
struct Progress {
    std::int64_t step = 0;
    std::int64_t count = 0;
    double sum = 0;
    double lowest = std::numeric_limits<double>::infinity();
    double highest = -std::numeric_limits<double>::infinity();
};

struct Trial {
    std::int64_t number = 0;
    Parameters parameters;
    std::optional<std::int64_t> repeats;
    TrialState state = TrialState::Running;
    double value = 0; // Completed, Stopped
    std::string failure;
    std::int64_t attempt = 1;       // whose reports these are: the newest that reported
    std::vector<Report> reports;    // as they came
    std::vector<Progress> progress; // after each report, by ascending steps

    // At the last report up to and including the step; nullptr: there is none.
    const Progress* progress_at(std::int64_t step) const;
};

class Trials {
  public:
    // InvalidInput: an unknown trial, a number out of order. Conflict: it has ended already.
    // Nothing changes then.
    Status apply(const Event& event);

    const std::vector<Trial>& all() const { return all_; } // trial n at n - 1
    const Trial* find(std::int64_t number) const;          // nullptr: never asked
    // Numbers in the order in which their ends were told.
    const std::vector<std::int64_t>& ended() const { return ended_; }
    std::int64_t failed() const { return failed_; }

  private:
    Status asked(const Asked& event);
    Status reported(const Reported& event);
    Status told(const Told& event);
    Result<Trial*> running(std::int64_t number);

    std::vector<Trial> all_;
    std::vector<std::int64_t> ended_;
    std::int64_t failed_ = 0;
};

} // namespace pedigree::search
