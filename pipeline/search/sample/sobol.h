#pragma once
// Sobol sequence: points of the unit cube that leave no region out. Direction numbers of Joe and
// Kuo (2008, new-joe-kuo-6) for the first 21 dimensions; those beyond have primitive polynomials
// found here and initial numbers from the seed. Scrambled by a random lower-triangular matrix for
// each dimension and a digital shift (Matousek, 1998), so that seeds differ and no point lies on
// the cube's edge. Immutable; any thread.

#include <array>
#include <cstdint>
#include <vector>

namespace pedigree::search {

class Sobol {
  public:
    enum class Scramble { No, Yes };
    Sobol(std::size_t dimensions, std::int64_t seed, Scramble scramble = Scramble::Yes);

    // The point with this index, from 0; each coordinate in (0,1).
    std::vector<double> at(std::uint32_t index) const;

  private:
    struct Axis {
        std::array<std::uint32_t, 32> directions{};
        std::uint32_t shift = 0;
    };
    std::vector<Axis> axes_;
};

} // namespace pedigree::search
