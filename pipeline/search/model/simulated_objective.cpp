#include "pipeline/search/model/simulated_objective.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "pipeline/search/model/features.h"
#include "pipeline/search/sample/distribution.h"

namespace pedigree::search {
namespace {

constexpr int waves_count = 128;

struct Wave {
    std::vector<double> frequencies; // of each column
    double phase = 0;
};

double normal(Stream& stream) {
    return normal_quantile(stream.uniform());
}

} // namespace

struct SimulatedObjective::State {
    State(const Space& space, std::int64_t given_seed)
        : seed(given_seed), encoding(space), features(encoding) {
        Stream stream(seed, 0, Purpose::Simulation);
        std::vector<double> length_scales;
        for (std::size_t i = 0; i < features.scales(); ++i) {
            length_scales.push_back(0.3 * std::sqrt(static_cast<double>(features.scales())) *
                                    std::exp(0.8 * normal(stream)));
        }
        for (int i = 0; i < waves_count; ++i) {
            Wave& wave = waves.emplace_back();
            // A Matern-5/2 spectrum is Student's t with five degrees of freedom.
            double squares = 0;
            for (int degree = 0; degree < 5; ++degree) {
                squares += std::pow(normal(stream), 2);
            }
            const double stretch = std::sqrt(5 / squares);
            for (const std::size_t scale : features.scale_of_column()) {
                wave.frequencies.push_back(stretch * normal(stream) / length_scales[scale]);
            }
            wave.phase = 2 * std::numbers::pi * stream.uniform();
        }
    }

    double at(const Point& point) const {
        const Row row = features.row(point);
        double sum = 0;
        for (const Wave& wave : waves) {
            double angle = wave.phase;
            for (std::size_t i = 0; i < row.size(); ++i) {
                angle += wave.frequencies[i] * row[i];
            }
            sum += std::cos(angle);
        }
        return sum * std::sqrt(2.0 / waves_count);
    }

    std::int64_t seed;
    Encoding encoding;
    Features features;
    std::vector<Wave> waves;
};

SimulatedObjective::SimulatedObjective(const Space& space, std::int64_t seed)
    : state_(std::make_unique<State>(space, seed)) {}
SimulatedObjective::~SimulatedObjective() = default;

double SimulatedObjective::value(const Parameters& parameters) const {
    return state_->at(*state_->encoding.encode(parameters));
}

std::vector<double> SimulatedObjective::sample(std::size_t count) const {
    Stream stream(state_->seed, 1, Purpose::Simulation);
    std::vector<double> values;
    constexpr std::size_t draws_max = 100;
    for (std::size_t i = 0; i < count * draws_max && values.size() < count; ++i) {
        const Point point = state_->encoding.draw(stream);
        if (state_->encoding.is_allowed(point)) {
            values.push_back(state_->at(point));
        }
    }
    return values;
}

} // namespace pedigree::search
