#include "pipeline/search/sample/sobol.h"

#include <bit>

#include "pipeline/search/sample/philox.h"

namespace pedigree::search {
namespace {

constexpr int digits = 32;

// A primitive polynomial over GF(2) of a degree, its inner coefficients as bits, and the odd
// numbers that begin the recurrence.
struct Row {
    int degree;
    std::uint32_t coefficients;
    std::array<std::uint32_t, 7> initial;
};
constexpr std::array<Row, 20> joe_kuo{{{1, 0, {1}},
                                       {2, 1, {1, 3}},
                                       {3, 1, {1, 3, 1}},
                                       {3, 2, {1, 1, 1}},
                                       {4, 1, {1, 1, 3, 3}},
                                       {4, 4, {1, 3, 5, 13}},
                                       {5, 2, {1, 1, 5, 5, 17}},
                                       {5, 4, {1, 1, 5, 5, 5}},
                                       {5, 7, {1, 1, 7, 11, 19}},
                                       {5, 11, {1, 1, 5, 1, 1}},
                                       {5, 13, {1, 1, 1, 3, 11}},
                                       {5, 14, {1, 3, 5, 5, 31}},
                                       {6, 1, {1, 3, 3, 9, 7, 49}},
                                       {6, 13, {1, 1, 1, 15, 21, 21}},
                                       {6, 16, {1, 3, 1, 13, 27, 49}},
                                       {6, 19, {1, 1, 1, 15, 7, 5}},
                                       {6, 22, {1, 3, 1, 15, 13, 25}},
                                       {6, 25, {1, 1, 5, 5, 19, 61}},
                                       {7, 1, {1, 3, 7, 11, 23, 15, 103}},
                                       {7, 4, {1, 3, 7, 13, 13, 15, 69}}}};

// Whether x generates all 2^degree - 1 elements modulo the polynomial.
bool is_primitive(std::uint32_t polynomial, int degree) {
    const std::uint32_t top = std::uint32_t{1} << degree;
    std::uint32_t power = 1;
    for (std::uint32_t exponent = 1; exponent < top; ++exponent) {
        power <<= 1;
        power ^= (power & top) != 0 ? polynomial : 0;
        if (power == 1) {
            return exponent == top - 1;
        }
    }
    return false;
}

// The primitive polynomial that follows, by degree and coefficients.
Row next_row(Row row) {
    for (;;) {
        ++row.coefficients;
        if (row.coefficients == std::uint32_t{1} << (row.degree - 1)) {
            ++row.degree;
            row.coefficients = 0;
        }
        const std::uint32_t polynomial = std::uint32_t{1} << row.degree | row.coefficients << 1 | 1;
        if (is_primitive(polynomial, row.degree)) {
            return row;
        }
    }
}

using Directions = std::array<std::uint32_t, digits>;

// `initial`: as many as the degree.
Directions directions_from(const Row& row, const std::vector<std::uint32_t>& initial) {
    Directions directions{};
    for (int i = 0; i < digits; ++i) {
        if (i < row.degree) {
            directions[i] = initial[i] << (digits - 1 - i);
            continue;
        }
        // The recurrence of the primitive polynomial x^s + a_1 x^(s-1) + ... + 1 (Joe and Kuo,
        // 2008), with the binary point in front of each number:
        // v_i = a_1 v_(i-1) + ... + a_(s-1) v_(i-s+1) + v_(i-s) + v_(i-s) / 2^s, all modulo 2.
        std::uint32_t next = directions[i - row.degree] ^ directions[i - row.degree] >> row.degree;
        for (int k = 1; k < row.degree; ++k) {
            if ((row.coefficients >> (row.degree - 1 - k) & 1) != 0) {
                next ^= directions[i - k];
            }
        }
        directions[i] = next;
    }
    return directions;
}

std::vector<Directions> unscrambled(std::size_t dimensions, std::int64_t seed) {
    std::vector<Directions> all;
    Directions& first = all.emplace_back();
    for (int i = 0; i < digits; ++i) {
        first[i] = std::uint32_t{1} << (digits - 1 - i);
    }
    Row row{};
    for (std::size_t axis = 1; axis < dimensions; ++axis) {
        std::vector<std::uint32_t> initial;
        if (axis <= joe_kuo.size()) {
            row = joe_kuo[axis - 1];
            initial.assign(row.initial.begin(), row.initial.begin() + row.degree);
        } else {
            row = next_row(row);
            Stream stream(seed, -static_cast<std::int64_t>(axis), Purpose::Scramble);
            for (int i = 0; i < row.degree; ++i) { // odd, below 2^(i + 1)
                initial.push_back(stream.bits() >> (digits - 1 - i) | 1);
            }
        }
        all.push_back(directions_from(row, initial));
    }
    return all;
}

// Digit i of the result is digit i of the input plus a random sum of the digits before it.
std::uint32_t multiplied(const Directions& rows, std::uint32_t word) {
    std::uint32_t product = 0;
    for (int i = 0; i < digits; ++i) {
        product = product << 1 | static_cast<std::uint32_t>(std::popcount(rows[i] & word) & 1);
    }
    return product;
}

} // namespace

Sobol::Sobol(std::size_t dimensions, std::int64_t seed, Scramble scramble) {
    std::int64_t number = 0;
    for (const Directions& directions : unscrambled(dimensions, seed)) {
        Axis axis{directions, 0};
        Stream stream(seed, number++, Purpose::Scramble);
        if (scramble == Scramble::Yes) {
            Directions rows{};
            // Ones on the diagonal and nothing behind it: the matrix has an inverse, and digit i of
            // a coordinate depends on its first i digits alone. So an interval of length 2^-k goes
            // to another one whole, and what was even stays so.
            for (int i = 0; i < digits; ++i) {
                const std::uint32_t diagonal = std::uint32_t{1} << (digits - 1 - i);
                rows[i] = (stream.bits() & ~(diagonal | (diagonal - 1))) | diagonal;
            }
            for (std::uint32_t& direction : axis.directions) {
                direction = multiplied(rows, direction);
            }
            axis.shift = stream.bits();
        }
        axes_.push_back(axis);
    }
}

std::vector<double> Sobol::at(std::uint32_t index) const {
    // Gray code: neighbouring indices differ in one direction, as the reference generators do it.
    const std::uint32_t code = index ^ index >> 1;
    std::vector<double> point;
    point.reserve(axes_.size());
    for (const Axis& axis : axes_) {
        std::uint32_t word = axis.shift;
        for (int digit = 0; digit < digits; ++digit) {
            word ^= (code >> digit & 1) != 0 ? axis.directions[digit] : 0;
        }
        point.push_back((word + 0.5) * 0x1p-32);
    }
    return point;
}

} // namespace pedigree::search
