#include "base/protobuf.h"

namespace pedigree {
namespace {

constexpr std::size_t varint_bytes_max = 10;
constexpr std::uint64_t number_max = (1U << 29) - 1;

} // namespace

std::optional<std::uint64_t> ProtobufReader::broken_here() {
    broken_ = true;
    left_ = {};
    return std::nullopt;
}

std::optional<std::uint64_t> ProtobufReader::varint() {
    if (left_.empty()) {
        return std::nullopt;
    }
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < left_.size() && i < varint_bytes_max; ++i) {
        const auto byte = static_cast<unsigned char>(left_[i]);
        // Bits beyond the 64th are dropped, as protobuf's own readers do.
        value |= static_cast<std::uint64_t>(byte & 0x7f) << (7 * i);
        if (byte < 0x80) {
            left_.remove_prefix(i + 1);
            return value;
        }
    }
    return broken_here();
}

std::optional<std::uint64_t> ProtobufReader::fixed(std::size_t width) {
    if (left_.empty()) {
        return std::nullopt;
    }
    if (left_.size() < width) {
        return broken_here();
    }
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < width; ++i) {
        value |= static_cast<std::uint64_t>(static_cast<unsigned char>(left_[i])) << (8 * i);
    }
    left_.remove_prefix(width);
    return value;
}

std::optional<ProtobufField> ProtobufReader::next() {
    const auto tag = varint();
    if (!tag) {
        return std::nullopt;
    }
    ProtobufField field;
    field.number = static_cast<std::uint32_t>(*tag >> 3);
    field.kind = static_cast<ProtobufKind>(*tag & 7);
    std::optional<std::uint64_t> value;
    if (field.number > 0 && *tag >> 3 <= number_max) {
        switch (field.kind) {
        case ProtobufKind::Varint:
        case ProtobufKind::Bytes:
            value = varint();
            break;
        case ProtobufKind::Fixed64:
            value = fixed(8);
            break;
        case ProtobufKind::Fixed32:
            value = fixed(4);
            break;
        }
    }
    const bool reaches_beyond = value && field.kind == ProtobufKind::Bytes && *value > left_.size();
    if (!value || reaches_beyond) {
        broken_here();
        return std::nullopt;
    }
    if (field.kind == ProtobufKind::Bytes) {
        field.bytes = left_.substr(0, *value);
        left_.remove_prefix(*value);
    } else {
        field.bits = *value;
    }
    return field;
}

} // namespace pedigree
