#pragma once
// Backoff: how long to wait before the n-th repetition: first * factor^n up to a ceiling, plus a
// share of random jitter so that clients do not come back in step. Pure but for the caller's random
// number in [0, 1). Not shared between threads.

#include <algorithm>
#include <chrono>

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
    void reset() { current_ = options_.first; }

  private:
    BackoffOptions options_;
    std::chrono::milliseconds current_;
};

} // namespace pedigree
