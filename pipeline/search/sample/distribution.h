#pragma once
// Quantiles: the value below which a share `p` of a distribution lies. How a prior of the space
// becomes draws. Pure. Sources: normal quantile by Acklam's rational start and one step of Halley's
// method on erfc; incomplete beta by Lentz's continued fraction (Numerical Recipes, 6.4). Checked
// against scipy's values in the unit test.
//
// A quantile turns a number u, even on (0,1), into a draw of any distribution: quantile(u). So all
// randomness of a search is numbers on (0,1), be they random (philox.h) or even (sobol.h), and the
// Sobol sequence's evenness passes through priors. Written here, since the standard library has no
// quantiles, and its distributions draw differently in each implementation.

namespace pedigree::search {

double normal_density(double z);
double normal_cdf(double z);
double normal_quantile(double p); // 0 < p < 1; about 1e-15 relative

double beta_cdf(double x, double alpha, double beta);
double beta_quantile(double p, double alpha, double beta); // in [0,1], to 1e-12

// Of the normal distribution cut off at `low` and `high` (either may be infinite):
// cdf^-1(cdf(low) + p (cdf(high) - cdf(low))), kept within the bounds where doubles end.
struct Truncation {
    double mean, deviation, low, high;
};
double truncated_normal_quantile(double p, const Truncation& truncation);

} // namespace pedigree::search
