#include "pipeline/search/model/proposer.h"

#include "pipeline/search/model/bayesian.h"
#include "pipeline/search/model/tpe.h"

namespace pedigree::search {
namespace {

constexpr int draws_max = 2000;

// What of a small space is left.
std::vector<const Point*> left_of(const Domain& domain, const Observations& observations) {
    std::vector<const Point*> left;
    for (const Point& point : *domain.points) {
        if (!observations.have(point)) {
            left.push_back(&point);
        }
    }
    return left;
}

class Grid : public Proposer {
  public:
    explicit Grid(const Domain& domain)
        : points_(all_points(domain.encoding, grid_points_max).value_or(std::vector<Point>{})) {}

    std::optional<Proposal> propose(const Observations& observations, std::int64_t) override {
        for (const Point& point : points_) {
            if (!observations.have(point)) {
                return Proposal{point, std::nullopt, {.proposed_by = "Grid"}};
            }
        }
        return std::nullopt;
    }

  private:
    std::vector<Point> points_;
};

class Random : public Proposer {
  public:
    explicit Random(const Domain& domain) : domain_(domain) {}

    std::optional<Proposal> propose(const Observations& observations, std::int64_t trial) override {
        Stream stream(domain_.study.algorithm.seed, trial, Purpose::Random);
        auto point = fresh_draw(domain_, observations, stream);
        return point ? std::optional(Proposal{*std::move(point), {}, {.proposed_by = "Random"}})
                     : std::nullopt;
    }

  private:
    const Domain& domain_;
};

class SobolSequence : public Proposer {
  public:
    explicit SobolSequence(const Domain& domain)
        : domain_(domain), sobol_(domain.encoding.size(), domain.study.algorithm.seed) {}

    std::optional<Proposal> propose(const Observations& observations, std::int64_t trial) override {
        const auto index = static_cast<std::uint32_t>(trial - 1);
        auto point = fresh_sobol(domain_, observations, sobol_, index);
        return point ? std::optional(Proposal{*std::move(point), {}, {.proposed_by = "Sobol"}})
                     : std::nullopt;
    }

  private:
    const Domain& domain_;
    Sobol sobol_;
};

} // namespace

Domain::Domain(const Study& asked, const std::vector<EarlierStudy>& before)
    : study(asked), encoding(asked.space), points(all_points(encoding, enumerated_points_max)) {
    for (const EarlierStudy& each : before) {
        earlier.push_back(points_of(each, encoding, study));
    }
}

bool Domain::is_fresh(const Point& point, const Observations& observations) const {
    return encoding.is_allowed(point) && !observations.have(point);
}

std::optional<std::int64_t> Proposer::best(const Observations& observations) {
    // A trial that was stopped early is believed in only while none has finished.
    const auto rank = [&](std::int64_t trial) {
        const Observation& each = observations.of(trial);
        return std::pair(each.state != TrialState::Completed, each.loss);
    };
    std::optional<std::int64_t> best;
    for (const std::int64_t trial : observations.ended) {
        if (observations.of(trial).has_loss() && (!best || rank(trial) < rank(*best))) {
            best = trial;
        }
    }
    return best;
}

Point first_point(const Encoding& encoding, const Study& study) {
    Point point(encoding.size(), absent);
    for (const std::size_t i : encoding.order()) {
        if (encoding.is_active(i, point)) {
            const auto given = study.first.find(study.space.dimensions[i].name);
            const auto at =
                given == study.first.end() ? std::nullopt : encoding.position(i, given->second);
            point[i] = at.value_or(encoding.draw(i, 0.5));
        }
    }
    return point;
}

std::optional<Point> fresh_draw(const Domain& domain, const Observations& observations,
                                Stream& stream) {
    for (int i = 0; i < draws_max; ++i) {
        Point point = domain.encoding.draw(stream);
        if (domain.is_fresh(point, observations)) {
            return point;
        }
    }
    if (!domain.points) {
        return std::nullopt;
    }
    const auto left = left_of(domain, observations);
    return left.empty() ? std::nullopt : std::optional(*left[stream.below(left.size())]);
}

std::optional<Point> fresh_sobol(const Domain& domain, const Observations& observations,
                                 const Sobol& sobol, std::uint32_t index) {
    for (int i = 0; i < draws_max; ++i) {
        Point point = domain.encoding.draw(sobol.at(index++));
        if (domain.is_fresh(point, observations)) {
            return point;
        }
    }
    if (!domain.points) {
        return std::nullopt;
    }
    const auto left = left_of(domain, observations);
    return left.empty() ? std::nullopt : std::optional(*left.front());
}

std::unique_ptr<Proposer> make_proposer(const Domain& domain) {
    switch (domain.study.algorithm.name) {
    case AlgorithmName::Grid:
        return std::make_unique<Grid>(domain);
    case AlgorithmName::Random:
        return std::make_unique<Random>(domain);
    case AlgorithmName::Sobol:
        return std::make_unique<SobolSequence>(domain);
    case AlgorithmName::Tpe:
        return make_tpe(domain);
    case AlgorithmName::Bayesian:
        return make_bayesian(domain);
    }
    return nullptr;
}

} // namespace pedigree::search
