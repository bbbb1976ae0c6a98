#pragma once
// What follows a failed attempt within its trial: another attempt, after a pause, or the end.

#include <optional>
#include <string>
#include <vector>

#include "experiment/steps/step.h"

namespace pedigree::experiment {

struct Retry {
    std::string memory; // of the next attempt
    std::string why;    // "retry 2 of 10 after Infrastructure"
    Instant due{};
};

// `attempts`: those of one trial, in order, the last of them failed. Nothing: the trial is over.
std::optional<Retry> retry_after(const Accepted& accepted, const std::vector<AttemptRow>& attempts);

// The attempts of one trial, in order.
std::vector<AttemptRow> attempts_of(const Observation& observation, std::int64_t trial);

// The intent to create the Job of an attempt.
Decision plan_attempt(const Accepted& accepted, std::int64_t trial, std::int64_t number,
                      std::string memory);
// The next attempt now, or waiting until it is due.
Decision retry_now_or_later(const Accepted& accepted, const AttemptRow& last, const Retry& retry);

} // namespace pedigree::experiment
