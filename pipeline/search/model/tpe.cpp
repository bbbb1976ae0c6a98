#include "pipeline/search/model/tpe.h"

#include <algorithm>
#include <cmath>

#include "pipeline/search/model/bayesian.h"
#include "pipeline/search/sample/distribution.h"

namespace pedigree::search {
namespace {

constexpr double good_share = 0.15;
constexpr std::size_t good_trials_max = 25;
constexpr int candidates_count = 64;
constexpr double bandwidth_factor = 0.3; // of the range, for one trial
constexpr double bandwidth_min = 0.02;
constexpr double other_category = 0.25; // share that a category leaves to all of them

// A kernel around each of some trials, and the prior as one more.
class Density {
  public:
    Density(const Encoding& encoding, std::vector<const Point*> centres)
        : encoding_(encoding), centres_(std::move(centres)) {
        const auto count = static_cast<double>(centres_.size());
        const auto dimensions = static_cast<double>(encoding.size());
        bandwidth_ = std::max(bandwidth_min, bandwidth_factor * std::pow(std::max(count, 1.0),
                                                                         -1 / (dimensions + 4)));
    }

    Point draw(Stream& stream) const {
        const std::size_t component = stream.below(centres_.size() + 1);
        if (component == centres_.size()) {
            return encoding_.draw(stream);
        }
        Point point = *centres_[component];
        for (std::size_t i = 0; i < point.size(); ++i) {
            point[i] = point[i] == absent ? absent : draw_near(i, point[i], stream);
        }
        encoding_.settle(point, stream);
        return point;
    }

    double logarithm(const Point& point) const {
        double sum = 0;
        for (const Point* centre : centres_) {
            double product = 1;
            for (std::size_t i = 0; i < point.size(); ++i) {
                product *= kernel(i, point[i], (*centre)[i]);
            }
            sum += product;
        }
        double prior = 1;
        for (std::size_t i = 0; i < point.size(); ++i) {
            const bool flat = encoding_.is_ordered(i) || point[i] == absent;
            prior *= flat ? 1 : 1 / static_cast<double>(encoding_.levels(i));
        }
        return std::log((sum + prior) / static_cast<double>(centres_.size() + 1));
    }

  private:
    double draw_near(std::size_t dimension, double position, Stream& stream) const {
        if (encoding_.is_ordered(dimension)) {
            const double centre = encoding_.unit(dimension, position);
            return encoding_.nearest(
                dimension, truncated_normal_quantile(stream.uniform(), {centre, bandwidth_, 0, 1}));
        }
        return stream.uniform() < other_category ? encoding_.draw(dimension, stream.uniform())
                                                 : position;
    }

    double kernel(std::size_t dimension, double position, double centre) const {
        if (position == absent || centre == absent) {
            return position == centre ? 1 : other_category;
        }
        if (!encoding_.is_ordered(dimension)) {
            const double rest = other_category / static_cast<double>(encoding_.levels(dimension));
            return rest + (position == centre ? 1 - other_category : 0);
        }
        const double middle = encoding_.unit(dimension, centre);
        const double away = (encoding_.unit(dimension, position) - middle) / bandwidth_;
        const double inside =
            normal_cdf((1 - middle) / bandwidth_) - normal_cdf(-middle / bandwidth_);
        return normal_density(away) / (bandwidth_ * inside);
    }

    const Encoding& encoding_;
    std::vector<const Point*> centres_;
    double bandwidth_ = 0;
};

class Tpe : public Proposer {
  public:
    explicit Tpe(const Domain& domain)
        : domain_(domain), sobol_(domain.encoding.size(), domain.study.algorithm.seed),
          initial_(initial_trials(domain.study)) {}

    std::optional<Proposal> propose(const Observations& observations, std::int64_t trial) override {
        if (trial > initial_) {
            if (auto proposal = by_ratio(observations, trial)) {
                return proposal;
            }
        }
        auto point =
            fresh_sobol(domain_, observations, sobol_, static_cast<std::uint32_t>(trial - 1));
        return point ? std::optional(Proposal{*std::move(point), {}, {.proposed_by = "Sobol"}})
                     : std::nullopt;
    }

  private:
    // Nothing: no candidate is new.
    std::optional<Proposal> by_ratio(const Observations& observations, std::int64_t trial) const {
        const auto [good, other] = split(observations);
        const Density good_density(domain_.encoding, good);
        const Density other_density(domain_.encoding, other);
        Stream stream(domain_.study.algorithm.seed, trial, Purpose::Candidates);
        std::optional<Proposal> best;
        for (int i = 0; i < candidates_count; ++i) {
            Point point = good_density.draw(stream);
            if (!domain_.encoding.is_allowed(point) || observations.have(point)) {
                continue;
            }
            const double ratio = good_density.logarithm(point) - other_density.logarithm(point);
            if (!best || ratio > best->reason.numbers["acquisition"]) {
                best =
                    Proposal{std::move(point),
                             std::nullopt,
                             {.proposed_by = "DensityRatio", .numbers = {{"acquisition", ratio}}}};
            }
        }
        return best;
    }

    // Failed and running trials are none to come back to: they count as bad ones.
    static std::pair<std::vector<const Point*>, std::vector<const Point*>>
    split(const Observations& observations) {
        std::vector<const Observation*> order;
        for (const Observation& each : observations.all) {
            order.push_back(&each);
        }
        const auto with_loss = std::stable_partition(
            order.begin(), order.end(), [](const Observation* each) { return each->has_loss(); });
        std::stable_sort(order.begin(), with_loss,
                         [](const Observation* left, const Observation* right) {
                             return left->loss < right->loss;
                         });
        const auto losses = static_cast<double>(with_loss - order.begin());
        const auto good =
            std::min(static_cast<std::size_t>(std::ceil(good_share * losses)), good_trials_max);
        std::pair<std::vector<const Point*>, std::vector<const Point*>> result;
        for (std::size_t i = 0; i < order.size(); ++i) {
            (i < good ? result.first : result.second).push_back(&order[i]->point);
        }
        return result;
    }

    const Domain& domain_;
    Sobol sobol_;
    std::int64_t initial_;
};

} // namespace

std::unique_ptr<Proposer> make_tpe(const Domain& domain) {
    return std::make_unique<Tpe>(domain);
}

} // namespace pedigree::search
