#pragma once
// Sobol sequence: points of the unit cube that leave no region out. Direction numbers of Joe and
// Kuo (2008, new-joe-kuo-6) for the first 21 dimensions; those beyond have primitive polynomials
// found here and initial numbers from the seed. Scrambled by a random lower-triangular matrix for
// each dimension and a digital shift (Matousek, 1998), so that seeds differ and no point lies on
// the cube's edge. Immutable; any thread.
//
// Coordinate j of point n, written in binary, is the sum modulo 2 of direction numbers of j:
//
//     x_j(n) = g_0 v_j0 + g_1 v_j1 + ...     g: the binary digits of n's Gray code
//
// The last one of v_ji stands at binary digit i + 1, so that of the first 2^k points each interval
// of length 2^-k has exactly one, in every dimension. The digits before it differ by dimension, so
// that pairs of dimensions are even, too; Joe and Kuo chose the beginnings for that.
//
// Why it begins a search: eight random points leave regions out and come close to each other by
// chance; eight of these do not. Scrambling keeps that and gives each seed its own points.

#include <array>
#include <cstdint>
#include <vector>

namespace pedigree::search {

class Sobol {
  public:
    enum class Scramble { No, Yes };
    Sobol(std::size_t dimensions, std::int64_t seed, Scramble scramble = Scramble::Yes);

    // The point with this index, from 0; each coordinate in (0,1). O(32 * dimensions), no state:
    // index n costs the same as index 0.
    std::vector<double> at(std::uint32_t index) const;

  private:
    struct Axis {
        std::array<std::uint32_t, 32> directions{};
        std::uint32_t shift = 0;
    };
    std::vector<Axis> axes_;
};

} // namespace pedigree::search
