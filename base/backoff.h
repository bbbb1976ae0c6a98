#pragma once
// Backoff: how long to wait before the n-th repetition: first * factor^n up to a ceiling, plus a
// share of random jitter so that clients do not come back in step. Pure but for the caller's random
// number in [0, 1). Not shared between threads.
//
// back_off(): the same without jitter and without memory, for waits that stand in a row or are
// computed anew at each look, from how often it has failed so far:
//
//     row.not_before = now + back_off(row.tries, {.first = 1s, .ceiling = 60s});

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace pedigree {

struct BackoffOptions {
    std::chrono::milliseconds first{100};
    std::chrono::milliseconds ceiling{30000};
    double factor = 2.0;
    double jitter = 0.2;
};

class Backoff {
  public:
    explicit Backoff(BackoffOptions options = {}) : options_(options), current_(options.first) {}

    // The wait before the next try; each call moves one step up.
    std::chrono::milliseconds next(double random) {
        const auto base = current_;
        current_ = std::min(options_.ceiling,
                            std::chrono::milliseconds(static_cast<std::int64_t>(
                                static_cast<double>(current_.count()) * options_.factor)));
        return base + std::chrono::milliseconds(static_cast<std::int64_t>(
                          static_cast<double>(base.count()) * options_.jitter * random));
    }
    std::chrono::milliseconds current() const { return current_; }
    void reset() { current_ = options_.first; }

  private:
    BackoffOptions options_;
    std::chrono::milliseconds current_;
};

// Before the try that follows the n-th failure: first, first * factor, ... up to the ceiling.
inline std::chrono::milliseconds back_off(std::int64_t failures, const BackoffOptions& options) {
    Backoff pause({options.first, options.ceiling, options.factor, 0});
    for (std::int64_t n = 1; n < failures && pause.current() < options.ceiling; ++n) {
        pause.next(0);
    }
    return std::min(pause.current(), options.ceiling);
}

} // namespace pedigree
