#pragma once
// The logarithm of the expected improvement below `best`, stable where the improvement itself is no
// longer a double (Ament et al., NeurIPS 2023). Pure; checked against scipy's values.

namespace pedigree::search {

double log_expected_improvement(double mean, double deviation, double best);

} // namespace pedigree::search
