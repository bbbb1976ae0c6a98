#include "pipeline/search/model/bayesian.h"

#include <algorithm>
#include <cmath>

#include "pipeline/search/model/acquisition_search.h"
#include "pipeline/search/model/surrogate.h"

namespace pedigree::search {
namespace {

constexpr std::int64_t initial_points = 8;
constexpr std::int64_t initial_points_after_first = 5; // the first one included

constexpr double repeated_noise_min = 0.15; // of the targets' variance
constexpr double repeated_share_max = 0.1;

constexpr double trust_min = 0.4; // in earlier searches, so that they shorten the initial design

// When a model of few trials is in doubt.
constexpr double left_out_share_min = 0.4;
constexpr std::size_t doubtful_repetitions_max = 2;
constexpr std::size_t doubtful_trials_max = 60; // in the model: many show what noise there is
constexpr std::int64_t trusted_trials = 4;      // values beyond the initial ones

class Bayesian : public Proposer {
  public:
    explicit Bayesian(const Domain& domain)
        : domain_(domain), features_(domain.encoding), earlier_(features_, domain.earlier),
          sobol_(domain.encoding.size(), domain.study.algorithm.seed),
          initial_(initial_trials(domain.study)) {}

    std::optional<Proposal> propose(const Observations& observations, std::int64_t trial) override;
    std::optional<std::int64_t> best(const Observations& observations) override;

  private:
    std::optional<Proposal> initial(const Observations& observations, std::int64_t trial) const;
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
    const auto chosen =
        AcquisitionSearch(domain_, surrogate, observations).best(earlier_.best_points(), stream);
    if (!chosen) {
        return initial(observations, trial);
    }
    const auto judged_from = static_cast<std::size_t>(initial_ + trusted_trials);
    const bool doubted =
        has_losses(observations, judged_from) && is_in_doubt(surrogate, observations);
    const bool worth_it = may_repeat(surrogate, observations) &&
                          surrogate.score_repetition().acquisition > chosen->score.acquisition;
    const auto running = running_in(observations);
    const Point& incumbent = observations.of(surrogate.ranking().front()).point;
    const bool repeated_now = std::find(running.begin(), running.end(), incumbent) != running.end();
    if ((doubted || worth_it) && !repeated_now) {
        return repetition(surrogate, observations);
    }
    Reason reason = reason_of(chosen->score, surrogate);
    if (chosen->candidate.parent != 0) {
        reason.parents = {chosen->candidate.parent};
    }
    return Proposal{chosen->candidate.point, std::nullopt, std::move(reason)};
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

std::int64_t initial_trials(const Study& study) {
    return study.first.empty() ? initial_points : initial_points_after_first;
}

std::unique_ptr<Proposer> make_bayesian(const Domain& domain) {
    return std::make_unique<Bayesian>(domain);
}

} // namespace pedigree::search
