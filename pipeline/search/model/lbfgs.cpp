#include "pipeline/search/model/lbfgs.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <numeric>

namespace pedigree::search {
namespace {

using Vector = std::vector<double>;

constexpr std::size_t memory_steps = 8;
constexpr double gain_min = 1e-6;

double dot(const Vector& left, const Vector& right) {
    return std::inner_product(left.begin(), left.end(), right.begin(), 0.0);
}

void add(Vector& target, double factor, const Vector& other) {
    for (std::size_t i = 0; i < target.size(); ++i) {
        target[i] += factor * other[i];
    }
}

Vector difference(const Vector& left, const Vector& right) {
    Vector result = left;
    add(result, -1, right);
    return result;
}

struct Step {
    Vector moved, turned; // of the place and of the gradient
    double curvature;
};

// Minus the gradient, multiplied by the inverse Hessian as the last steps suggest it: the two-loop
// recursion. Backwards each step's part is taken out along `turned`, what is left is scaled by the
// newest step's curvature (equation 7.20), and forwards the parts come back along `moved`.
Vector direction(const std::deque<Step>& steps, const Vector& gradient) {
    Vector result(gradient.size(), 0);
    add(result, -1, gradient);
    Vector weights;
    for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
        weights.push_back(dot(step->moved, result) / step->curvature);
        add(result, -weights.back(), step->turned);
    }
    const double scale =
        steps.empty() ? std::min(1.0, 1 / std::sqrt(dot(gradient, gradient)))
                      : steps.back().curvature / dot(steps.back().turned, steps.back().turned);
    std::for_each(result.begin(), result.end(), [&](double& each) { each *= scale; });
    for (const Step& step : steps) {
        const double weight = weights.back() - dot(step.turned, result) / step.curvature;
        weights.pop_back();
        add(result, weight, step.moved);
    }
    return result;
}

} // namespace

Minimum minimise(const Differentiable& function, Vector start, int iterations_max) {
    constexpr int halvings_max = 12;
    constexpr double decrease_min = 1e-4; // of what the slope promises
    Vector gradient(start.size());
    Minimum best{std::move(start), 0};
    best.value = function(best.at, gradient);
    std::deque<Step> steps;
    for (int iteration = 0; iteration < iterations_max; ++iteration) {
        const Vector towards = direction(steps, gradient);
        const double slope = dot(towards, gradient);
        if (!(slope < -gain_min * gain_min)) {
            break;
        }
        Vector at, next_gradient(gradient.size());
        double value = 0;
        double length = 1;
        int halvings = 0;
        for (; halvings < halvings_max; ++halvings, length /= 2) {
            at = best.at;
            add(at, length, towards);
            value = function(at, next_gradient);
            // Armijo's condition. Wolfe's second one, which would make each pair's curvature
            // positive, wants more calls; a pair without curvature is left out below instead.
            if (value <= best.value + decrease_min * length * slope) {
                break;
            }
        }
        if (halvings == halvings_max) {
            break;
        }
        Step step{difference(at, best.at), difference(next_gradient, gradient), 0};
        step.curvature = dot(step.moved, step.turned);
        if (step.curvature > 1e-12) { // else the step says nothing of a valley
            steps.push_back(std::move(step));
            if (steps.size() > memory_steps) {
                steps.pop_front();
            }
        }
        const double gain = best.value - value;
        best = {std::move(at), value};
        gradient = std::move(next_gradient);
        if (gain < gain_min * (1 + std::abs(value))) {
            break;
        }
    }
    return best;
}

} // namespace pedigree::search
