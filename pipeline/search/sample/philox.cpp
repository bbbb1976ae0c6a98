#include "pipeline/search/sample/philox.h"

namespace pedigree::search {
namespace {

std::uint32_t low(std::uint64_t wide) {
    return static_cast<std::uint32_t>(wide);
}
std::uint32_t high(std::uint64_t wide) {
    return static_cast<std::uint32_t>(wide >> 32);
}

} // namespace

// A round multiplies two words to 64 bits, mixes the high halves with the two others and the key,
// and lets the low halves change places. Multiplying spreads the bits; the key is moved on each
// round by a Weyl sequence (the golden ratio less 1, and the root of 3 less 1, times 2^32).
Block philox(Block counter, std::array<std::uint32_t, 2> key) {
    for (int round = 0; round < 10; ++round) {
        const std::uint64_t first = std::uint64_t{0xD2511F53} * counter[0];
        const std::uint64_t second = std::uint64_t{0xCD9E8D57} * counter[2];
        counter = {high(second) ^ counter[1] ^ key[0], low(second),
                   high(first) ^ counter[3] ^ key[1], low(first)};
        key[0] += 0x9E3779B9;
        key[1] += 0xBB67AE85;
    }
    return counter;
}

Stream::Stream(std::int64_t seed, std::int64_t trial, Purpose purpose)
    : key_{low(static_cast<std::uint64_t>(seed)), high(static_cast<std::uint64_t>(seed))},
      counter_{0, static_cast<std::uint32_t>(purpose), low(static_cast<std::uint64_t>(trial)),
               high(static_cast<std::uint64_t>(trial))} {}

std::uint32_t Stream::bits() {
    if (used_ == block_.size()) {
        block_ = philox(counter_, key_);
        ++counter_[0];
        used_ = 0;
    }
    return block_[used_++];
}

std::uint64_t Stream::wide() {
    const std::uint64_t upper = bits();
    return upper << 32 | bits();
}

double Stream::uniform() {
    // The middle of one of 2^52 cells: never 0 and never 1.
    return (static_cast<double>(wide() >> 12) + 0.5) * 0x1p-52;
}

std::size_t Stream::below(std::size_t bound) {
    // The high half of a product: without a division, and biased by less than bound / 2^32.
    return static_cast<std::size_t>(std::uint64_t{bits()} * bound >> 32);
}

} // namespace pedigree::search
