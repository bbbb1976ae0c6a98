#pragma once
// The logarithm of the expected improvement below `best`, stable where the improvement itself is no
// longer a double (Ament et al., NeurIPS 2023). Pure; checked against scipy's values.
//
// With a normal belief of mean m and deviation s about the loss at a point, and z = (best - m) / s,
//
//     EI(m, s) = E[max(best - loss, 0)] = s (density(z) + z cdf(z))
//
// (Jones, Schonlau and Welch, 1998, equation 15). It weighs how good a point is expected to be
// against how little is known of it: a mean worse than the best is worth a trial if s is large.
// Where a point is hopeless, EI is 1e-40 and then 0, and all hopeless points look alike, although
// the climb from them has to know which way is up. So the logarithm is computed, and directly.
// Losses: lower is better. Units are those of the targets; deviation above 0.

namespace pedigree::search {

double log_expected_improvement(double mean, double deviation, double best);

} // namespace pedigree::search
