#include "pipeline/search/export/hparams.h"

#include <algorithm>
#include <bit>

namespace pedigree::search {
namespace {

// Protocol buffers, as far as these messages need them (protobuf.dev, "Encoding"): a field is its
// number and wire type, then its value.
enum class Wire : std::uint64_t { Varint = 0, Eight = 1, Bytes = 2 };

std::string varint(std::uint64_t value) {
    std::string bytes;
    for (; value >= 0x80; value >>= 7) {
        bytes += static_cast<char>(value | 0x80);
    }
    return bytes + static_cast<char>(value);
}

std::string tag(std::uint64_t field, Wire wire) {
    return varint(field << 3 | static_cast<std::uint64_t>(wire));
}

std::string whole(std::uint64_t field, std::uint64_t value) {
    return tag(field, Wire::Varint) + varint(value);
}

std::string number(std::uint64_t field, double value) {
    std::string bytes = tag(field, Wire::Eight);
    for (auto bits = std::bit_cast<std::uint64_t>(value); bytes.size() < 9; bits >>= 8) {
        bytes += static_cast<char>(bits & 0xff);
    }
    return bytes;
}

// A string or a message.
std::string bytes(std::uint64_t field, const std::string& content) {
    return tag(field, Wire::Bytes) + varint(content.size()) + content;
}

// google.protobuf.Value, of which each kind is written even if it is zero.
std::string value_of(const ParameterValue& value) {
    if (const auto* truth = std::get_if<bool>(&value)) {
        return whole(4, *truth ? 1 : 0);
    }
    const auto real = number_of(value);
    return real ? number(2, *real) : bytes(3, std::get<std::string>(value));
}

// HParamInfo.type
enum class DataType : std::uint64_t { String = 1, Bool = 2, Float64 = 3 };

DataType type_of(const std::vector<ParameterValue>& values) {
    if (values.empty() || number_of(values.front())) {
        return DataType::Float64;
    }
    return std::holds_alternative<bool>(values.front()) ? DataType::Bool : DataType::String;
}

// HParamInfo's domain_discrete or domain_interval.
std::string domain_of(const Dimension& dimension) {
    if (dimension.values.empty()) {
        // Zero is what a reader assumes of a number that is not there.
        const auto bound = [](std::uint64_t field, double value) {
            return value == 0 ? std::string() : number(field, value);
        };
        return bytes(6, bound(1, dimension.minimum) + bound(2, dimension.maximum));
    }
    auto values = dimension.values;
    std::sort(values.begin(), values.end());
    std::string list;
    for (const ParameterValue& value : values) {
        list += bytes(1, value_of(value));
    }
    return bytes(5, list);
}

std::string info_of(const Dimension& dimension) {
    return bytes(1, dimension.name) +
           whole(4, static_cast<std::uint64_t>(type_of(dimension.values))) + domain_of(dimension);
}

} // namespace

std::string hparams_experiment(const Study& study) {
    std::string experiment;
    for (const Dimension& dimension : study.space.dimensions) {
        experiment += bytes(4, info_of(dimension));
    }
    const std::string metric_name = bytes(2, study.objective.metric);
    experiment += bytes(5, bytes(1, metric_name));
    return bytes(2, experiment);
}

} // namespace pedigree::search
