#include "trackers/tensorboard/record.h"

#include <bit>

#include <boost/crc.hpp>

namespace pedigree::trackers::tensorboard {
namespace {

constexpr std::size_t length_bytes = 8, crc_bytes = 4, head_bytes = length_bytes + crc_bytes;
// No file is longer: sums with it do not overflow.
constexpr std::uint64_t length_max = std::uint64_t{1} << 62;

std::uint64_t little_endian(std::string_view bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        value |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
    }
    return value;
}

std::string little_endian(std::uint64_t value, std::size_t width) {
    std::string bytes;
    for (std::size_t i = 0; i < width; ++i) {
        bytes += static_cast<char>(value >> (8 * i));
    }
    return bytes;
}

// CRC-32C (Castagnoli), RFC 3720 appendix B.4.
std::uint32_t masked_crc(std::string_view bytes) {
    boost::crc_optimal<32, 0x1edc6f41, 0xffffffff, 0xffffffff, true, true> crc;
    crc.process_bytes(bytes.data(), bytes.size());
    return std::rotr(static_cast<std::uint32_t>(crc.checksum()), 15) + 0xa282ead8U;
}

} // namespace

Frame first_frame(std::string_view bytes) {
    if (bytes.size() < head_bytes) {
        return {FrameKind::Cut, head_bytes, {}};
    }
    const std::string_view head = bytes.substr(0, length_bytes);
    const std::uint64_t length = little_endian(head);
    if (masked_crc(head) != little_endian(bytes.substr(length_bytes, crc_bytes)) ||
        length > length_max) {
        return {FrameKind::Lost, 0, {}};
    }
    const std::uint64_t whole = head_bytes + length + crc_bytes;
    if (length > event_bytes_max) {
        return {FrameKind::TooLarge, whole, {}};
    }
    if (bytes.size() < whole) {
        return {FrameKind::Cut, whole, {}};
    }
    const std::string_view record = bytes.substr(head_bytes, length);
    if (masked_crc(record) != little_endian(bytes.substr(head_bytes + length, crc_bytes))) {
        return {FrameKind::Damaged, whole, {}};
    }
    return {FrameKind::Record, whole, record};
}

std::string framed(std::string_view record) {
    const std::string head = little_endian(record.size(), length_bytes);
    return head + little_endian(masked_crc(head), crc_bytes) + std::string(record) +
           little_endian(masked_crc(record), crc_bytes);
}

} // namespace pedigree::trackers::tensorboard
