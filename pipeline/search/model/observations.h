#pragma once
// Observations: the trials as algorithms see them: points instead of parameters, losses (lower is
// better) instead of values. Values; private to this folder.

#include <cmath>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "pipeline/search/sample/encoding.h"
#include "pipeline/search/trials.h"

namespace pedigree::search {

struct Observation {
    Point point;
    std::optional<std::int64_t> repeats;
    TrialState state = TrialState::Running;
    // Completed; Stopped: as if it had still gained what others typically did.
    double loss = 0;
    std::string failure;
    bool advised_to_stop = false; // a comparison with other trials said so

    bool has_loss() const { return state == TrialState::Completed || state == TrialState::Stopped; }
};

class Observations {
  public:
    std::vector<Observation> all;    // trial n at n - 1
    std::vector<std::int64_t> ended; // numbers, in the order of their ends

    const Observation& of(std::int64_t trial) const { return all[trial - 1]; }
    // Whether a trial has this point, or one that differs by rounding alone.
    bool have(const Point& point) const { return tried_.contains(rounded(point)); }

    void push(Observation observation) {
        tried_.insert(rounded(observation.point));
        all.push_back(std::move(observation));
    }
    void pop() {
        tried_.erase(tried_.find(rounded(all.back().point)));
        all.pop_back();
    }

  private:
    // Levels are whole and stay; places on [0,1] lose what a way through parameters may change.
    static Point rounded(Point point) {
        for (double& position : point) {
            position = std::round(position * 0x1p30);
        }
        return point;
    }

    std::multiset<Point> tried_;
};

} // namespace pedigree::search
