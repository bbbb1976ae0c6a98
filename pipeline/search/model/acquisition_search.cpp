#include "pipeline/search/model/acquisition_search.h"

#include <algorithm>
#include <cmath>

namespace pedigree::search {
namespace {

// What the search for the best acquisition may cost.
constexpr double exhaustive_cost_max = 1e6; // points times trials in the model
constexpr double sampled_cost_max = 3e6;    // points times trials squared
constexpr std::size_t sampled_points_min = 150;
constexpr std::size_t sampled_points_max = 1500;

constexpr std::size_t parents_count = 5;
constexpr std::size_t climbers_count = 3;
constexpr int climb_steps = 6;
constexpr std::size_t one_climber_from = 50; // trials in the model

bool is_better(const Scored& left, const Scored& right) {
    return left.score.acquisition > right.score.acquisition;
}

std::size_t sampled_points(const Surrogate& surrogate) {
    const auto trials = static_cast<double>(surrogate.size());
    return static_cast<std::size_t>(std::clamp(sampled_cost_max / (trials * trials),
                                               static_cast<double>(sampled_points_min),
                                               static_cast<double>(sampled_points_max)));
}

} // namespace

std::optional<Scored> AcquisitionSearch::best(const std::vector<Point>& hints,
                                              Stream& stream) const {
    const bool all = can_ask_everything();
    auto best = scored(all ? everything() : sample(hints, stream));
    if (best.empty()) {
        return std::nullopt;
    }
    if (!all) {
        climb(best, stream);
    }
    return *std::min_element(best.begin(), best.end(), is_better);
}

bool AcquisitionSearch::can_ask_everything() const {
    return domain_.points &&
           static_cast<double>(domain_.points->size()) * static_cast<double>(surrogate_.size()) <=
               exhaustive_cost_max;
}

std::vector<Candidate> AcquisitionSearch::everything() const {
    std::vector<Candidate> candidates;
    for (const Point& point : *domain_.points) {
        if (!observations_.have(point)) {
            candidates.push_back({point, 0});
        }
    }
    return candidates;
}

// Half from the priors, half around the best trials: their neighbours, then mutations.
std::vector<Candidate> AcquisitionSearch::sample(const std::vector<Point>& hints,
                                                 Stream& stream) const {
    const std::size_t count = sampled_points(surrogate_);
    std::vector<Candidate> candidates;
    while (candidates.size() < count / 2) {
        candidates.push_back({domain_.encoding.draw(stream), 0});
    }
    for (const Point& point : hints) {
        candidates.push_back({point, 0});
        for (Point& near : neighbours(domain_.encoding, point, 0.1, stream)) {
            candidates.push_back({std::move(near), 0});
        }
    }
    const std::size_t parents = std::min(parents_count, surrogate_.ranking().size());
    const auto parent_at = [&](std::size_t i) { return surrogate_.ranking()[i % parents]; };
    for (std::size_t i = 0; i < parents && candidates.size() < count * 3 / 4; ++i) {
        for (Point& point :
             neighbours(domain_.encoding, observations_.of(parent_at(i)).point, 0.1, stream)) {
            candidates.push_back({std::move(point), parent_at(i)});
        }
    }
    const double probability = 2.0 / static_cast<double>(surrogate_.kernel().length_scales.size());
    for (std::size_t i = 0; candidates.size() < count; ++i) {
        const std::int64_t parent = parent_at(i);
        candidates.push_back(
            {mutated(domain_.encoding, observations_.of(parent).point, probability, stream),
             parent});
    }
    return candidates;
}

std::vector<Scored> AcquisitionSearch::scored(std::vector<Candidate> candidates) const {
    std::erase_if(candidates, [&](const Candidate& each) {
        return observations_.have(each.point) || !domain_.encoding.is_allowed(each.point);
    });
    std::vector<Point> points;
    for (const Candidate& each : candidates) {
        points.push_back(each.point);
    }
    const auto scores = surrogate_.score(points);
    std::vector<Scored> result;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        result.push_back({std::move(candidates[i]), scores[i]});
    }
    return result;
}

// Moves the best candidates to better neighbours, with shorter steps each time.
void AcquisitionSearch::climb(std::vector<Scored>& best, Stream& stream) const {
    const bool one = surrogate_.size() >= one_climber_from;
    const auto climbers =
        static_cast<std::ptrdiff_t>(std::min(one ? 1 : climbers_count, best.size()));
    std::partial_sort(best.begin(), best.begin() + climbers, best.end(), is_better);
    best.resize(static_cast<std::size_t>(climbers));
    double reach = 0.15;
    for (int step = 0; step < (one ? climb_steps / 2 : climb_steps); ++step, reach /= 2) {
        std::vector<Candidate> candidates;
        for (std::size_t i = 0; i < best.size(); ++i) {
            for (Point& point :
                 neighbours(domain_.encoding, best[i].candidate.point, reach, stream)) {
                candidates.push_back({std::move(point), best[i].candidate.parent});
            }
        }
        auto next = scored(std::move(candidates));
        next.insert(next.end(), best.begin(), best.end());
        const auto kept = static_cast<std::ptrdiff_t>(best.size());
        std::partial_sort(next.begin(), next.begin() + kept, next.end(), is_better);
        best.assign(next.begin(), next.begin() + kept);
    }
}

} // namespace pedigree::search
