#include "imagebuild/layer/run_deflate.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace pedigree::imagebuild {
namespace {

constexpr std::size_t run_min = 3, run_max = 258;
constexpr std::size_t stored_block_bytes_max = 65535;

struct LengthCode {
    std::uint16_t base;
    std::uint8_t extra_bits;
};
// RFC 1951, 3.2.5: codes 257 to 285.
constexpr std::array<LengthCode, 29> length_codes{
    {{3, 0},  {4, 0},  {5, 0},  {6, 0},   {7, 0},   {8, 0},   {9, 0},   {10, 0},  {11, 1}, {13, 1},
     {15, 1}, {17, 1}, {19, 2}, {23, 2},  {27, 2},  {31, 2},  {35, 3},  {43, 3},  {51, 3}, {59, 3},
     {67, 4}, {83, 4}, {99, 4}, {115, 4}, {131, 5}, {163, 5}, {195, 5}, {227, 5}, {258, 0}}};

class BitWriter {
  public:
    void bits(std::uint32_t value, unsigned count) { // least significant first
        pending_ |= std::uint64_t{value} << filled_;
        filled_ += count;
        while (filled_ >= 8) {
            out_ += static_cast<char>(pending_ & 0xff);
            pending_ >>= 8;
            filled_ -= 8;
        }
    }
    void code(std::uint32_t value, unsigned count) { // Huffman codes: most significant first
        std::uint32_t reversed = 0;
        for (unsigned i = 0; i < count; ++i) {
            reversed |= ((value >> i) & 1u) << (count - 1 - i);
        }
        bits(reversed, count);
    }
    std::string finish() {
        bits(0, (8 - filled_ % 8) % 8);
        return std::move(out_);
    }

  private:
    std::string out_;
    std::uint64_t pending_ = 0;
    unsigned filled_ = 0;
};

void write_symbol(BitWriter& out, unsigned symbol) {
    if (symbol < 144) {
        out.code(0x30 + symbol, 8);
    } else if (symbol < 256) {
        out.code(0x190 + symbol - 144, 9);
    } else if (symbol < 280) {
        out.code(symbol - 256, 7);
    } else {
        out.code(0xc0 + symbol - 280, 8);
    }
}

// Repeats the byte before it `length` times.
void write_run(BitWriter& out, std::size_t length) {
    std::size_t index = length_codes.size() - 1;
    while (length_codes[index].base > length) {
        --index;
    }
    const LengthCode code = length_codes[index];
    write_symbol(out, static_cast<unsigned>(257 + index));
    out.bits(static_cast<std::uint32_t>(length - code.base), code.extra_bits);
    out.code(0, 5); // distance 1
}

std::string with_fixed_codes(std::string_view bytes) {
    BitWriter out;
    out.bits(1, 1); // the last block
    out.bits(1, 2); // fixed codes
    for (std::size_t i = 0; i < bytes.size();) {
        write_symbol(out, static_cast<unsigned char>(bytes[i]));
        const std::size_t end = bytes.find_first_not_of(bytes[i], i);
        std::size_t run = std::min(end, bytes.size()) - i - 1;
        i += run + 1;
        while (run >= run_min) {
            const std::size_t length = std::min(run, run_max);
            write_run(out, length);
            run -= length;
        }
        for (; run > 0; --run) {
            write_symbol(out, static_cast<unsigned char>(bytes[i - 1]));
        }
    }
    write_symbol(out, 256);
    return out.finish();
}

std::string stored(std::string_view bytes) {
    std::string out;
    do {
        const std::string_view block = bytes.substr(0, stored_block_bytes_max);
        bytes.remove_prefix(block.size());
        const auto length = static_cast<unsigned>(block.size());
        const unsigned inverse = ~length;
        out += bytes.empty() ? '\1' : '\0';
        for (const unsigned value : {length, inverse}) {
            out += static_cast<char>(value & 0xff);
            out += static_cast<char>((value >> 8) & 0xff);
        }
        out += block;
    } while (!bytes.empty());
    return out;
}

} // namespace

std::string run_deflate(std::string_view bytes) {
    std::string coded = with_fixed_codes(bytes);
    if (coded.size() < bytes.size() + 5 * (bytes.size() / stored_block_bytes_max + 1)) {
        return coded;
    }
    return stored(bytes);
}

} // namespace pedigree::imagebuild
