#include "trackers/tensorboard/tensor.h"

#include <bit>
#include <cstdint>

#include "base/protobuf.h"

namespace pedigree::trackers::tensorboard {
namespace {

using FieldKind = ProtobufKind;

// tensorflow/core/framework/types.proto
enum class DataType { Float = 1, Double = 2, Int32 = 3, Int64 = 9 };

struct TensorFields {
    std::int64_t type = 0;
    bool single = true; // no dimension of another size than 1
    std::string_view content;
    std::optional<double> number; // where it stands in a field of its type, packed or not
};

bool has_one_element(std::string_view shape) {
    ProtobufReader dimensions(shape);
    while (const auto field = dimensions.next()) {
        if (!field->is(2, FieldKind::Bytes)) {
            continue;
        }
        ProtobufReader dimension(field->bytes);
        std::int64_t size = 0;
        while (const auto part = dimension.next()) {
            size = part->is(1, FieldKind::Varint) ? part->integer() : size;
        }
        if (size != 1) {
            return false;
        }
    }
    return !dimensions.broken();
}

void take_number(const ProtobufField& field, TensorFields& tensor) {
    ProtobufReader packed(field.bytes);
    const bool is_packed = field.kind == FieldKind::Bytes;
    std::optional<std::uint64_t> bits = field.bits;
    switch (field.number) {
    case 5:
        bits = is_packed ? packed.fixed(4) : bits;
        tensor.number =
            bits ? std::optional<double>(std::bit_cast<float>(static_cast<std::uint32_t>(*bits)))
                 : std::nullopt;
        break;
    case 6:
        bits = is_packed ? packed.fixed(8) : bits;
        tensor.number = bits ? std::optional(std::bit_cast<double>(*bits)) : std::nullopt;
        break;
    default: // 7, 10
        bits = is_packed ? packed.varint() : bits;
        tensor.number = bits ? std::optional(static_cast<double>(static_cast<std::int64_t>(*bits)))
                             : std::nullopt;
    }
}

std::optional<double> number_in(const TensorFields& tensor) {
    ProtobufReader content(tensor.content);
    const auto bits = [&](std::size_t width) {
        return tensor.content.size() == width ? content.fixed(width) : std::nullopt;
    };
    switch (static_cast<DataType>(tensor.type)) {
    case DataType::Float:
        if (const auto found = bits(4)) {
            return std::bit_cast<float>(static_cast<std::uint32_t>(*found));
        }
        return tensor.number;
    case DataType::Double:
        if (const auto found = bits(8)) {
            return std::bit_cast<double>(*found);
        }
        return tensor.number;
    case DataType::Int32:
        if (const auto found = bits(4)) {
            return static_cast<std::int32_t>(*found);
        }
        return tensor.number;
    case DataType::Int64:
        if (const auto found = bits(8)) {
            return static_cast<double>(static_cast<std::int64_t>(*found));
        }
        return tensor.number;
    }
    return std::nullopt;
}

} // namespace

std::optional<double> scalar_of(std::string_view bytes) {
    TensorFields tensor;
    ProtobufReader message(bytes);
    while (const auto field = message.next()) {
        if (field->is(1, FieldKind::Varint)) {
            tensor.type = field->integer();
        } else if (field->is(2, FieldKind::Bytes)) {
            tensor.single = has_one_element(field->bytes);
        } else if (field->is(4, FieldKind::Bytes)) {
            tensor.content = field->bytes;
        } else if (field->number == 5 || field->number == 6 || field->number == 7 ||
                   field->number == 10) {
            take_number(*field, tensor);
        }
    }
    return tensor.single && !message.broken() ? number_in(tensor) : std::nullopt;
}

} // namespace pedigree::trackers::tensorboard
