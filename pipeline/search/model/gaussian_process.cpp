#include "pipeline/search/model/gaussian_process.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <Eigen/Dense>

#include "pipeline/search/model/lbfgs.h"

namespace pedigree::search {
namespace {

using Eigen::ArrayXd;
using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

// Priors of the logarithms. Medians: 0.3 of the diagonal for length scales, 1 for the signal, a
// fiftieth for the noise.
constexpr double length_median = 0.3;
constexpr double length_spread = 1.0;
constexpr double signal_spread = 0.7;
constexpr double noise_median = 0.02;
constexpr double noise_spread = 1.5;
constexpr double jitter = 1e-6; // keeps the covariance positive definite in doubles

VectorXd vector_of(const std::vector<double>& values) {
    return Eigen::Map<const VectorXd>(values.data(), static_cast<Index>(values.size()));
}

MatrixXd matrix_of(const std::vector<Row>& rows, std::size_t columns) {
    MatrixXd matrix(rows.size(), columns);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        matrix.row(static_cast<Index>(i)) = vector_of(rows[i]).transpose();
    }
    return matrix;
}

// Matern-5/2 without its signal, of squared distances.
ArrayXd matern(const ArrayXd& squared) {
    const ArrayXd distance = (5 * squared).sqrt();
    return (1 + distance + 5.0 / 3.0 * squared) * (-distance).exp();
}

// The training set's squared distances, a column for each length scale, a row for each pair i > j.
MatrixXd pair_distances(const Features& features, const std::vector<Row>& rows) {
    const auto count = static_cast<Index>(rows.size());
    const auto& scale_of_column = features.scale_of_column();
    MatrixXd distances = MatrixXd::Zero(count * (count - 1) / 2, features.scales());
    Index pair = 0;
    for (Index i = 0; i < count; ++i) {
        for (Index j = 0; j < i; ++j, ++pair) {
            for (std::size_t column = 0; column < scale_of_column.size(); ++column) {
                const double gap = rows[i][column] - rows[j][column];
                distances(pair, scale_of_column[column]) += gap * gap;
            }
        }
    }
    return distances;
}

// Minus the logarithm of the posterior of the kernel's parameters, which are given by their
// logarithms: length scales, signal, noise.
class Posterior {
  public:
    Posterior(const Features& features, const std::vector<Row>& rows,
              const std::vector<double>& targets)
        : distances_(pair_distances(features, rows)), targets_(vector_of(targets)) {}

    double operator()(const std::vector<double>& logarithms, std::vector<double>& gradient) const {
        const Index scales = distances_.cols();
        const Index count = targets_.size();
        const double signal = std::exp(logarithms[scales]);
        const double noise = std::exp(logarithms[scales + 1]);
        const VectorXd weights = (-2 * vector_of(logarithms).head(scales).array()).exp();
        const ArrayXd squared = (distances_ * weights).array();
        const ArrayXd distance = (5 * squared).sqrt();
        const ArrayXd decay = signal * (-distance).exp();
        const ArrayXd values = decay * (1 + distance + 5.0 / 3.0 * squared);

        MatrixXd covariance(count, count);
        covariance.diagonal().setConstant(signal + noise + jitter);
        for (Index i = 0, pair = 0; i < count; pair += i, ++i) {
            covariance.row(i).head(i) = values.segment(pair, i).matrix().transpose();
        }
        const Eigen::LLT<MatrixXd> factor(covariance); // reads the lower half
        if (factor.info() != Eigen::Success) {
            return std::numeric_limits<double>::infinity();
        }
        const VectorXd solved = factor.solve(targets_);
        const MatrixXd inverse = factor.solve(MatrixXd::Identity(count, count));
        double value =
            0.5 * targets_.dot(solved) + factor.matrixLLT().diagonal().array().log().sum();

        // d value / d K_ij = 1/2 (K^-1 - a a')_ij with a = K^-1 y (equation 5.9). Twice for each
        // pair, since K is symmetric: hence no half here, and one at the diagonal's trace.
        ArrayXd slope(values.size());
        for (Index i = 0, pair = 0; i < count; pair += i, ++i) {
            slope.segment(pair, i) =
                (inverse.row(i).head(i).transpose() - solved(i) * solved.head(i)).array();
        }
        const double trace = inverse.trace() - solved.squaredNorm();
        // With w = 1 / l^2 the weight of a squared gap g: dk/d(squared) =
        // -5/6 f (1 + d) exp(-d), and d(squared)/d(log l) = -2 w g. The signs cancel:
        // d value / d(log l) = sum over pairs of slope * 5/3 f (1 + d) exp(-d) * g * w.
        const VectorXd by_weight =
            distances_.transpose() * (slope * (5.0 / 3.0) * decay * (1 + distance)).matrix();
        for (Index scale = 0; scale < scales; ++scale) {
            gradient[scale] = by_weight(scale) * weights(scale);
        }
        gradient[scales] = (slope * values).sum() + 0.5 * signal * trace;
        gradient[scales + 1] = 0.5 * noise * trace;
        return value + add_priors(logarithms, gradient);
    }

    static std::vector<double> medians(std::size_t scales) {
        std::vector<double> result(
            scales, std::log(length_median * std::sqrt(static_cast<double>(scales))));
        result.push_back(0);
        result.push_back(std::log(noise_median));
        return result;
    }

  private:
    static double add_priors(const std::vector<double>& logarithms, std::vector<double>& gradient) {
        const std::size_t scales = logarithms.size() - 2;
        const auto centre = medians(scales);
        double value = 0;
        for (std::size_t i = 0; i < logarithms.size(); ++i) {
            const double spread = i < scales    ? length_spread
                                  : i == scales ? signal_spread
                                                : noise_spread;
            const double away = (logarithms[i] - centre[i]) / spread;
            value += 0.5 * away * away;
            gradient[i] += away / spread;
        }
        return value;
    }

    MatrixXd distances_;
    VectorXd targets_;
};

KernelParameters kernel_from(const std::vector<double>& logarithms) {
    KernelParameters kernel;
    for (std::size_t i = 0; i + 2 < logarithms.size(); ++i) {
        kernel.length_scales.push_back(std::exp(logarithms[i]));
    }
    kernel.signal = std::exp(logarithms[logarithms.size() - 2]);
    kernel.noise = std::exp(logarithms.back());
    return kernel;
}

std::vector<double> logarithms_of(const KernelParameters& kernel) {
    std::vector<double> logarithms;
    for (const double length_scale : kernel.length_scales) {
        logarithms.push_back(std::log(length_scale));
    }
    logarithms.push_back(std::log(kernel.signal));
    logarithms.push_back(std::log(kernel.noise));
    return logarithms;
}

} // namespace

KernelParameters default_kernel(std::size_t scales) {
    return kernel_from(Posterior::medians(scales));
}

KernelParameters fit_kernel(const Features& features, const std::vector<Row>& rows,
                            const std::vector<double>& targets, const KernelParameters& start,
                            int iterations_max) {
    return kernel_from(
        minimise(Posterior(features, rows, targets), logarithms_of(start), iterations_max).at);
}

struct GaussianProcess::State {
    KernelParameters kernel;
    VectorXd column_scales; // what each column is multiplied by
    MatrixXd rows;          // scaled
    MatrixXd factor;        // lower triangle of the Cholesky factor
    VectorXd solved;        // inverse covariance times targets
    Index known;            // rows that have targets: the first ones

    MatrixXd scaled(const std::vector<Row>& given) const {
        return matrix_of(given, static_cast<std::size_t>(column_scales.size())) *
               column_scales.asDiagonal();
    }
    // Covariances between the training rows and others.
    MatrixXd covariance(const MatrixXd& others) const {
        // |r - q|^2 = |r|^2 + |q|^2 - 2 r'q: one product of matrices instead of n * m loops. What
        // cancels may leave a little below 0.
        MatrixXd squared = -2 * rows * others.transpose();
        squared.colwise() += rows.rowwise().squaredNorm();
        squared.rowwise() += others.rowwise().squaredNorm().transpose();
        for (Index column = 0; column < squared.cols(); ++column) {
            squared.col(column) =
                kernel.signal * matern(squared.col(column).array().max(0)).matrix();
        }
        return squared;
    }
};

GaussianProcess::GaussianProcess(const Features& features, KernelParameters kernel,
                                 const std::vector<Row>& rows, const std::vector<double>& targets)
    : state_(std::make_unique<State>()) {
    State& state = *state_;
    state.kernel = std::move(kernel);
    state.column_scales.resize(static_cast<Index>(features.scale_of_column().size()));
    for (std::size_t i = 0; i < features.scale_of_column().size(); ++i) {
        state.column_scales(static_cast<Index>(i)) =
            1 / state.kernel.length_scales[features.scale_of_column()[i]];
    }
    state.rows = state.scaled(rows);
    MatrixXd covariance = state.covariance(state.rows);
    covariance.diagonal().array() += state.kernel.noise + jitter;
    state.factor = covariance.llt().matrixL();
    // The factor of the finished trials alone is its upper left corner. Believing the mean leaves
    // the weights of the running ones at zero.
    state.known = static_cast<Index>(targets.size());
    const auto corner =
        state.factor.topLeftCorner(state.known, state.known).triangularView<Eigen::Lower>();
    state.solved = VectorXd::Zero(static_cast<Index>(rows.size()));
    state.solved.head(state.known) = corner.transpose().solve(corner.solve(vector_of(targets)));
}

GaussianProcess::~GaussianProcess() = default;
GaussianProcess::GaussianProcess(GaussianProcess&&) noexcept = default;
GaussianProcess& GaussianProcess::operator=(GaussianProcess&&) noexcept = default;

const KernelParameters& GaussianProcess::kernel() const {
    return state_->kernel;
}

double GaussianProcess::log_likelihood(const std::vector<double>& targets) const {
    const auto known = static_cast<Index>(targets.size());
    const auto corner = state_->factor.topLeftCorner(known, known).triangularView<Eigen::Lower>();
    return -0.5 * corner.solve(vector_of(targets)).squaredNorm() -
           state_->factor.diagonal().head(known).array().log().sum();
}

double GaussianProcess::left_out_share() const {
    const State& state = *state_;
    // Leaving target i out leaves the residual a_i / (K^-1)_ii (equation 5.12): all n
    // predictions without another factor. The diagonal of K^-1 = L^-T L^-1 is the columns' squares.
    const MatrixXd root = state.factor.topLeftCorner(state.known, state.known)
                              .triangularView<Eigen::Lower>()
                              .solve(MatrixXd::Identity(state.known, state.known));
    const ArrayXd precisions = root.colwise().squaredNorm().transpose();
    const ArrayXd residuals = state.solved.head(state.known).array() / precisions;
    const auto count = static_cast<double>(state.known);
    const double by_mean = count / (count - 1); // what the mean of the others leaves of a target
    return 1 - residuals.square().sum() / (count * by_mean * by_mean);
}

std::vector<double> GaussianProcess::means(const std::vector<Row>& rows) const {
    const VectorXd means = state_->covariance(state_->scaled(rows)).transpose() * state_->solved;
    return {means.begin(), means.end()};
}

std::vector<Prediction> GaussianProcess::predict(const std::vector<Row>& rows) const {
    if (rows.empty()) {
        return {};
    }
    MatrixXd covariance = state_->covariance(state_->scaled(rows));
    const VectorXd means = covariance.transpose() * state_->solved;
    state_->factor.triangularView<Eigen::Lower>().solveInPlace(covariance);
    const VectorXd explained = covariance.colwise().squaredNorm();
    std::vector<Prediction> predictions;
    predictions.reserve(rows.size());
    for (Index i = 0; i < means.size(); ++i) {
        const double variance = state_->kernel.signal - explained(i);
        predictions.push_back({means(i), std::sqrt(std::max(variance, jitter))});
    }
    return predictions;
}

} // namespace pedigree::search
