#include "pipeline/search/bayesian.h"

#include <algorithm>
#include <cmath>

#include "pipeline/search/candidates.h"
#include "pipeline/search/surrogate.h"

namespace pedigree::search {
namespace {

// What the search for the best acquisition may cost.
constexpr double exhaustive_cost_max = 1e6; // points times trials in the model
constexpr double sampled_cost_max = 3e6;    // points times trials squared
constexpr std::size_t sampled_points_min = 150;
constexpr std::size_t sampled_points_max = 1500;

constexpr double repeated_noise_min = 0.15; // of the targets' variance
constexpr double repeated_share_max = 0.1;

constexpr double trust_min = 0.4; // in earlier searches, so that they shorten the initial design

// When a model of few trials is in doubt.
constexpr double left_out_share_min = 0.4;
constexpr std::size_t doubtful_repetitions_max = 2;
constexpr std::size_t doubtful_trials_max = 60; // in the model: many show what noise there is
constexpr std::int64_t trusted_trials = 4;      // values beyond the initial ones

constexpr std::size_t parents_count = 5;
constexpr std::size_t climbers_count = 3;
constexpr int climb_steps = 6;
constexpr std::size_t one_climber_from = 50; // trials in the model

struct Scored {
    Candidate candidate;
    Score score;
};

class Bayesian : public Proposer {
  public:
    explicit Bayesian(const Domain& domain)
        : domain_(domain), features_(domain.encoding), earlier_(features_, domain.earlier),
          sobol_(domain.encoding.size(), domain.study.algorithm.seed),
          initial_(initial_trials(domain)) {}

    std::optional<Proposal> propose(const Observations& observations, std::int64_t trial) override;
    std::optional<std::int64_t> best(const Observations& observations) override;

  private:
    std::optional<Proposal> initial(const Observations& observations, std::int64_t trial) const;
    std::vector<Candidate> everything(const Observations& observations) const;
    std::vector<Candidate> sample(const Surrogate& surrogate, const Observations& observations,
                                  Stream& stream) const;
    std::vector<Scored> scored(const Surrogate& surrogate, const Observations& observations,
                               std::vector<Candidate> candidates) const;
    void climb(const Surrogate& surrogate, const Observations& observations,
               std::vector<Scored>& best, Stream& stream) const;
    Proposal repetition(const Surrogate& surrogate, const Observations& observations) const;
    Reason reason_of(const Score& score, const Surrogate& surrogate) const;

    const Domain& domain_;
    Features features_;
    EarlierModels earlier_;
    Sobol sobol_;
    std::int64_t initial_;
    Memory memory_;
    Memory finished_memory_; // of the trials that were not stopped
};

bool has_losses(const Observations& observations, std::size_t count) {
    for (const std::int64_t trial : observations.ended) {
        count -= observations.of(trial).has_loss() ? 1 : 0;
        if (count == 0) {
            return true;
        }
    }
    return false;
}

Observations without_stopped(Observations observations) {
    std::erase_if(observations.ended, [&](std::int64_t trial) {
        return observations.of(trial).state == TrialState::Stopped;
    });
    return observations;
}

bool is_better(const Scored& left, const Scored& right) {
    return left.score.acquisition > right.score.acquisition;
}

std::size_t sampled_points(const Surrogate& surrogate) {
    const auto trials = static_cast<double>(surrogate.size());
    return static_cast<std::size_t>(std::clamp(sampled_cost_max / (trials * trials),
                                               static_cast<double>(sampled_points_min),
                                               static_cast<double>(sampled_points_max)));
}

std::size_t repetitions_of(const Observations& observations) {
    return static_cast<std::size_t>(
        std::count_if(observations.all.begin(), observations.all.end(),
                      [](const Observation& each) { return each.repeats.has_value(); }));
}

std::vector<Point> running_in(const Observations& observations) {
    std::vector<Point> points;
    for (const Observation& each : observations.all) {
        if (each.state == TrialState::Running) {
            points.push_back(each.point);
        }
    }
    return points;
}

// Only under noise that the model sees, and for a limited share of the trials.
bool may_repeat(const Surrogate& surrogate, const Observations& observations) {
    return surrogate.kernel().noise >= repeated_noise_min &&
           static_cast<double>(repetitions_of(observations)) <
               repeated_share_max * static_cast<double>(observations.all.size());
}

// Values that do not foretell each other are noise or those of a rough function. Among points that
// are all different either explains them, and a model that takes noise for roughness goes on
// searching around a lucky trial. The same point once more tells which it is; with others running
// the answer comes too late to lead them, and measured, it did not pay.
bool is_in_doubt(const Surrogate& surrogate, const Observations& observations) {
    return surrogate.size() <= doubtful_trials_max &&
           repetitions_of(observations) < doubtful_repetitions_max &&
           running_in(observations).empty() && surrogate.left_out_share() < left_out_share_min;
}

std::optional<Proposal> Bayesian::propose(const Observations& observations, std::int64_t trial) {
    // Two trials agree or disagree with an earlier search by chance too often.
    const std::size_t losses_min = earlier_.empty() ? 2 : 3;
    const bool known = has_losses(observations, losses_min);
    if (!known || (trial <= initial_ && (earlier_.empty() || trial % 2 == 0))) {
        return initial(observations, trial);
    }
    const Surrogate surrogate(features_, earlier_, observations, memory_);
    if (trial <= initial_ && surrogate.belief().trust < trust_min) {
        return initial(observations, trial);
    }
    Stream stream(domain_.study.algorithm.seed, trial, Purpose::Candidates);
    const bool few = domain_.points && static_cast<double>(domain_.points->size()) *
                                               static_cast<double>(surrogate.size()) <=
                                           exhaustive_cost_max;
    auto best = scored(surrogate, observations,
                       few ? everything(observations) : sample(surrogate, observations, stream));
    if (best.empty()) {
        return initial(observations, trial);
    }
    if (!few) {
        climb(surrogate, observations, best, stream);
    }
    const Scored& chosen = *std::min_element(best.begin(), best.end(), is_better);
    const auto judged_from = static_cast<std::size_t>(initial_ + trusted_trials);
    const bool doubted =
        has_losses(observations, judged_from) && is_in_doubt(surrogate, observations);
    const bool worth_it = may_repeat(surrogate, observations) &&
                          surrogate.score_repetition().acquisition > chosen.score.acquisition;
    const auto running = running_in(observations);
    const Point& incumbent = observations.of(surrogate.ranking().front()).point;
    const bool repeated_now = std::find(running.begin(), running.end(), incumbent) != running.end();
    if ((doubted || worth_it) && !repeated_now) {
        return repetition(surrogate, observations);
    }
    Reason reason = reason_of(chosen.score, surrogate);
    if (chosen.candidate.parent != 0) {
        reason.parents = {chosen.candidate.parent};
    }
    return Proposal{chosen.candidate.point, std::nullopt, std::move(reason)};
}

Proposal Bayesian::repetition(const Surrogate& surrogate, const Observations& observations) const {
    const std::int64_t best = surrogate.ranking().front();
    Reason reason = reason_of(surrogate.score_repetition(), surrogate);
    reason.proposed_by = "Repeat";
    return {observations.of(best).point, best, std::move(reason)};
}

// What a stopped trial would have come to is a guess, and would move what the model expects of
// those that have finished: it is believed in only while none has.
std::optional<std::int64_t> Bayesian::best(const Observations& observations) {
    constexpr std::size_t losses_min = 3;
    const Observations finished = without_stopped(observations);
    if (!has_losses(finished, losses_min)) {
        return Proposer::best(observations);
    }
    const bool all = finished.ended.size() == observations.ended.size();
    return Surrogate(features_, earlier_, finished, all ? memory_ : finished_memory_)
        .ranking()
        .front();
}

std::optional<Proposal> Bayesian::initial(const Observations& observations,
                                          std::int64_t trial) const {
    auto point = fresh_sobol(domain_, observations, sobol_, static_cast<std::uint32_t>(trial - 1));
    return point ? std::optional(Proposal{*std::move(point), {}, {.proposed_by = "Sobol"}})
                 : std::nullopt;
}

std::vector<Candidate> Bayesian::everything(const Observations& observations) const {
    std::vector<Candidate> candidates;
    for (const Point& point : *domain_.points) {
        if (!observations.have(point)) {
            candidates.push_back({point, 0});
        }
    }
    return candidates;
}

// Half from the priors, half around the best trials: their neighbours, then mutations.
std::vector<Candidate> Bayesian::sample(const Surrogate& surrogate,
                                        const Observations& observations, Stream& stream) const {
    const std::size_t count = sampled_points(surrogate);
    std::vector<Candidate> candidates;
    while (candidates.size() < count / 2) {
        candidates.push_back({domain_.encoding.draw(stream), 0});
    }
    for (const Point& point : earlier_.best_points()) {
        candidates.push_back({point, 0});
        for (Point& near : neighbours(domain_.encoding, point, 0.1, stream)) {
            candidates.push_back({std::move(near), 0});
        }
    }
    const std::size_t parents = std::min(parents_count, surrogate.ranking().size());
    const auto parent_at = [&](std::size_t i) { return surrogate.ranking()[i % parents]; };
    for (std::size_t i = 0; i < parents && candidates.size() < count * 3 / 4; ++i) {
        for (Point& point :
             neighbours(domain_.encoding, observations.of(parent_at(i)).point, 0.1, stream)) {
            candidates.push_back({std::move(point), parent_at(i)});
        }
    }
    const double probability = 2.0 / static_cast<double>(features_.scales());
    for (std::size_t i = 0; candidates.size() < count; ++i) {
        const std::int64_t parent = parent_at(i);
        candidates.push_back(
            {mutated(domain_.encoding, observations.of(parent).point, probability, stream),
             parent});
    }
    return candidates;
}

std::vector<Scored> Bayesian::scored(const Surrogate& surrogate, const Observations& observations,
                                     std::vector<Candidate> candidates) const {
    std::erase_if(candidates, [&](const Candidate& each) {
        return observations.have(each.point) || !domain_.encoding.is_allowed(each.point);
    });
    std::vector<Point> points;
    for (const Candidate& each : candidates) {
        points.push_back(each.point);
    }
    const auto scores = surrogate.score(points);
    std::vector<Scored> result;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        result.push_back({std::move(candidates[i]), scores[i]});
    }
    return result;
}

// Moves the best candidates to better neighbours, with shorter steps each time.
void Bayesian::climb(const Surrogate& surrogate, const Observations& observations,
                     std::vector<Scored>& best, Stream& stream) const {
    const bool one = surrogate.size() >= one_climber_from;
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
        auto next = scored(surrogate, observations, std::move(candidates));
        next.insert(next.end(), best.begin(), best.end());
        const auto kept = static_cast<std::ptrdiff_t>(best.size());
        std::partial_sort(next.begin(), next.begin() + kept, next.end(), is_better);
        best.assign(next.begin(), next.begin() + kept);
    }
}

Reason Bayesian::reason_of(const Score& score, const Surrogate& surrogate) const {
    Reason reason{.proposed_by = "LogExpectedImprovement"};
    reason.numbers = {{"acquisition", score.acquisition},
                      {"mean", score.prediction.mean},
                      {"deviation", score.prediction.deviation}};
    if (!earlier_.empty()) {
        reason.numbers.emplace("trust", surrogate.belief().trust);
    }
    const KernelParameters& kernel = surrogate.kernel();
    reason.model = {{"signal", kernel.signal}, {"noise", kernel.noise}};
    for (std::size_t i = 0; i < features_.scales(); ++i) {
        const auto& dimension = domain_.study.space.dimensions[features_.dimension(i)];
        reason.model.emplace("lengthScale." + dimension.name, kernel.length_scales[i]);
    }
    return reason;
}

} // namespace

std::int64_t initial_trials(const Domain& domain) {
    std::int64_t free = 0;
    for (std::size_t i = 0; i < domain.encoding.size(); ++i) {
        free += domain.encoding.levels(i) == 1 ? 0 : 1;
    }
    return std::max<std::int64_t>(5, std::min(2 * free, domain.study.max_trials / 6));
}

std::unique_ptr<Proposer> make_bayesian(const Domain& domain) {
    return std::make_unique<Bayesian>(domain);
}

} // namespace pedigree::search
