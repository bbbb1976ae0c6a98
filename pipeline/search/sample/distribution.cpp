#include "pipeline/search/sample/distribution.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace pedigree::search {
namespace {

// A rational approximation by ranges, good to 1e-9: where the refinement starts.
double rough_normal_quantile(double p) {
    constexpr double tail = 0.02425;
    if (p < tail) {
        const double q = std::sqrt(-2 * std::log(p));
        return (((((-7.784894002430293e-03 * q - 3.223964580411365e-01) * q - 2.400758277161838) *
                      q -
                  2.549732539343734) *
                     q +
                 4.374664141464968) *
                    q +
                2.938163982698783) /
               ((((7.784695709041462e-03 * q + 3.224671290700398e-01) * q + 2.445134137142996) * q +
                 3.754408661907416) *
                    q +
                1);
    }
    const double q = p - 0.5;
    const double r = q * q;
    return (((((-3.969683028665376e+01 * r + 2.209460984245205e+02) * r - 2.759285104469687e+02) *
                  r +
              1.383577518672690e+02) *
                 r -
             3.066479806614716e+01) *
                r +
            2.506628277459239) *
           q /
           (((((-5.447609879822406e+01 * r + 1.615858368580409e+02) * r - 1.556989798598866e+02) *
                  r +
              6.680131188771972e+01) *
                 r -
             1.328068155288572e+01) *
                r +
            1);
}

// The continued fraction of the incomplete beta function, evaluated from the front.
double beta_fraction(double x, double a, double b) {
    constexpr double tiny = 1e-300;
    constexpr int terms_max = 500;
    double c = 1;
    double d = 1 - (a + b) * x / (a + 1);
    d = 1 / (std::abs(d) < tiny ? tiny : d);
    double result = d;
    const auto advance = [&](double numerator) {
        d = 1 + numerator * d;
        d = 1 / (std::abs(d) < tiny ? tiny : d);
        c = 1 + numerator / c;
        c = std::abs(c) < tiny ? tiny : c;
        result *= d * c;
        return std::abs(d * c - 1);
    };
    for (int m = 1; m <= terms_max; ++m) {
        advance(m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)));
        if (advance(-(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))) < 1e-15) {
            break;
        }
    }
    return result;
}

} // namespace

double normal_density(double z) {
    return std::exp(-0.5 * z * z) / std::sqrt(2 * std::numbers::pi);
}

double normal_cdf(double z) {
    return 0.5 * std::erfc(-z / std::numbers::sqrt2);
}

double normal_quantile(double p) {
    if (p > 0.5) {
        return -normal_quantile(1 - p);
    }
    const double rough = rough_normal_quantile(p);
    // One step of Halley's method for cdf(x) - p = 0: with e = (cdf(x) - p) / density(x) and the
    // density's derivative -x density(x), the step is e / (1 + x e / 2). It triples the digits.
    const double error = (normal_cdf(rough) - p) / normal_density(rough);
    return rough - error / (1 + rough * error / 2);
}

double beta_cdf(double x, double alpha, double beta) {
    if (x <= 0 || x >= 1) {
        return x <= 0 ? 0 : 1;
    }
    const double front = std::exp(std::lgamma(alpha + beta) - std::lgamma(alpha) -
                                  std::lgamma(beta) + alpha * std::log(x) + beta * std::log1p(-x));
    // The fraction converges fast on the left of the mean; on its right, by
    // I_x(a, b) = 1 - I_(1-x)(b, a), the other tail is asked.
    return x < (alpha + 1) / (alpha + beta + 2)
               ? front * beta_fraction(x, alpha, beta) / alpha
               : 1 - front * beta_fraction(1 - x, beta, alpha) / beta;
}

double beta_quantile(double p, double alpha, double beta) {
    double low = 0;
    double high = 1;
    while (high - low > 1e-13) {
        const double middle = (low + high) / 2;
        (beta_cdf(middle, alpha, beta) < p ? low : high) = middle;
    }
    return (low + high) / 2;
}

double truncated_normal_quantile(double p, const Truncation& truncation) {
    const auto share = [&](double bound) {
        return normal_cdf((bound - truncation.mean) / truncation.deviation);
    };
    const double below = share(truncation.low);
    const double inside = share(truncation.high) - below;
    // So far in a tail that no double is left between the bounds: the nearer bound.
    if (!(inside > 0)) {
        return truncation.mean < truncation.low ? truncation.low : truncation.high;
    }
    const double rank = std::clamp(below + p * inside, std::numeric_limits<double>::min(),
                                   1 - std::numeric_limits<double>::epsilon());
    return std::clamp(truncation.mean + truncation.deviation * normal_quantile(rank),
                      truncation.low, truncation.high);
}

} // namespace pedigree::search
