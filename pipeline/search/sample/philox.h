#pragma once
// Stream: counter-based random numbers. The n-th number of a stream is a function of (seed, trial,
// purpose, n) alone, so that a replay needs no state of a generator. Philox4x32 with ten rounds:
// Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC 2011); the
// published test vectors are in the unit test. Values; one thread at a time.
//
// A counter-based generator is a cipher run on 0, 1, 2, ...: key and counter go in, four words of
// 32 bits come out. Here the key is the seed and the counter says whose numbers they are:
//
//     counter = (n / 4, purpose, low half of trial, high half of trial)
//
// So trial 7's candidates are the same whether trials 1 to 6 were proposed in this process or in
// one that was killed, and a new use of randomness (another Purpose) moves no number of an old one.
// std::mt19937 has 2.5 KB of state that would have to be recorded instead, and the standard's
// distributions differ between libraries.

#include <array>
#include <cstdint>

namespace pedigree::search {

using Block = std::array<std::uint32_t, 4>;
Block philox(Block counter, std::array<std::uint32_t, 2> key);

// What the numbers are for, so that one use never shifts those of another.
enum class Purpose : std::uint32_t { Random, Scramble, Candidates, Legality, Simulation };

class Stream {
  public:
    Stream(std::int64_t seed, std::int64_t trial, Purpose purpose);

    std::uint32_t bits();
    double uniform(); // in (0,1), 52 bits
    // In [0, bound) for bounds far below 2^32.
    std::size_t below(std::size_t bound);

  private:
    std::uint64_t wide();

    std::array<std::uint32_t, 2> key_;
    Block counter_;
    Block block_{};
    std::size_t used_ = 4;
};

} // namespace pedigree::search
