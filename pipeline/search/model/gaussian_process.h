#pragma once
// Gaussian process regression (Rasmussen and Williams, 2006, algorithms 2.1 and 5.1): mean 0,
// Matern-5/2 kernel with a length scale for each dimension, and noise. Length scales, signal and
// noise are the maximum a posteriori under log-normal priors; that of the length scales grows with
// the square root of their number (Hvarfner, Hellsten and Nardi, ICML 2024), so that distances in
// many dimensions do not make every point a stranger. Targets are expected with mean 0 and variance
// about 1. Values; pure; Eigen stays in the .cpp.
//
// n training rows with targets y, D length scales l, signal variance f, noise variance s:
//
//     k(r, q) = f (1 + d + d^2 / 3) exp(-d),   d^2 = 5 sum_c ((r_c - q_c) / l_c)^2     Matern-5/2
//     K       = [k(r_i, r_j)] + s I                                                    n x n
//     mean(q) = k_q' K^-1 y                    k_q = [k(r_i, q)]                       (2.25)
//     var(q)  = f - k_q' K^-1 k_q              of the function; a trial scatters by s more   (2.26)
//     log p(y | l, f, s) = -1/2 y' K^-1 y - 1/2 log |K| - n/2 log 2 pi                 (2.30)
//
// (numbers: Rasmussen and Williams). K is factored once, K = L L', in O(n^3); a mean is then O(n),
// a variance O(n^2) a point. Matern-5/2 has two derivatives: rougher than the squared exponential,
// which believes in more smoothness than trainings have.
//
//     const KernelParameters kernel = fit_kernel(features, rows, targets, default_kernel(D), 40);
//     const GaussianProcess process(features, kernel, rows, targets);
//     process.predict({features.row(point)}).front().mean;

#include <memory>
#include <span>
#include <vector>

#include "pipeline/search/model/features.h"

namespace pedigree::search {

struct KernelParameters {
    std::vector<double> length_scales;
    double signal = 1;   // variance
    double noise = 0.01; // variance
};

// Before anything is known: the middle of the priors.
KernelParameters default_kernel(std::size_t scales);

// By at most `iterations_max` steps from `start`.
KernelParameters fit_kernel(const Features& features, const std::vector<Row>& rows,
                            const std::vector<double>& targets, const KernelParameters& start,
                            int iterations_max);

struct Prediction {
    double mean = 0;
    double deviation = 0; // of the function, without noise
};

class GaussianProcess {
  public:
    // Rows beyond the targets are trials that still run: their targets are taken to be what the
    // others predict, so that they lower the uncertainty around them and nothing else.
    GaussianProcess(const Features& features, KernelParameters kernel, const std::vector<Row>& rows,
                    const std::vector<double>& targets);
    ~GaussianProcess();
    GaussianProcess(GaussianProcess&&) noexcept;
    GaussianProcess& operator=(GaussianProcess&&) noexcept;

    std::vector<Prediction> predict(const std::vector<Row>& rows) const;
    // The means alone: a fraction of the cost.
    std::vector<double> means(const std::vector<Row>& rows) const;
    // Share of the variance, 1, that the other targets predict of each one, leave-one-out
    // (section 5.4.2): 1 at best, 0 or less where the model knows no more than the mean.
    double left_out_share() const;
    const KernelParameters& kernel() const;
    // Logarithm of the density of targets at the first rows; another constant is left out for each
    // number of them.
    double log_likelihood(const std::vector<double>& targets) const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace pedigree::search
