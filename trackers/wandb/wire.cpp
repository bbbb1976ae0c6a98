#include "trackers/wandb/wire.h"

namespace pedigree::trackers::wandb {
namespace {

constexpr int varint_bytes = 10;

} // namespace

std::optional<std::uint64_t> Wire::varint() {
    std::uint64_t value = 0;
    for (int at = 0; at < varint_bytes && static_cast<std::size_t>(at) < rest_.size(); ++at) {
        const auto byte = static_cast<std::uint8_t>(rest_[static_cast<std::size_t>(at)]);
        value |= static_cast<std::uint64_t>(byte & 0x7fU) << (7 * at);
        if ((byte & 0x80U) == 0) {
            rest_.remove_prefix(static_cast<std::size_t>(at) + 1);
            return value;
        }
    }
    return std::nullopt;
}

std::optional<std::uint64_t> Wire::fixed(std::size_t bytes) {
    if (rest_.size() < bytes) {
        return std::nullopt;
    }
    std::uint64_t value = 0;
    for (std::size_t at = 0; at < bytes; ++at) {
        value |= static_cast<std::uint64_t>(static_cast<std::uint8_t>(rest_[at])) << (8 * at);
    }
    rest_.remove_prefix(bytes);
    return value;
}

std::optional<Field> Wire::fail() {
    broken_ = true;
    rest_ = {};
    return std::nullopt;
}

std::optional<Field> Wire::next() {
    if (rest_.empty()) {
        return std::nullopt;
    }
    const auto tag = varint();
    if (!tag || (*tag >> 3) == 0 || (*tag >> 3) > 0x1fffffff) {
        return fail();
    }
    Field field{.number = static_cast<std::uint32_t>(*tag >> 3)};
    std::optional<std::uint64_t> value;
    switch (*tag & 7U) {
    case 0:
        value = varint();
        break;
    case 1:
        value = fixed(8);
        break;
    case 2:
        value = varint();
        if (!value || *value > rest_.size()) {
            return fail();
        }
        field.bytes = rest_.substr(0, *value);
        field.is_bytes = true;
        rest_.remove_prefix(*value);
        return field;
    case 5:
        value = fixed(4);
        break;
    default:
        break;
    }
    if (!value) {
        return fail();
    }
    field.value = *value;
    return field;
}

} // namespace pedigree::trackers::wandb
