#include "pipeline/search/smaller_batch.h"

#include <algorithm>
#include <cmath>

#include "pipeline/search/sample/encoding.h"

namespace pedigree::search {
namespace {

std::optional<ParameterValue> greatest_not_above(const Dimension& dimension, double bound) {
    if (dimension.type == DimensionType::Discrete) { // ascending
        std::optional<ParameterValue> found;
        for (const ParameterValue& value : dimension.values) {
            if (number_of(value) <= bound) {
                found = value;
            }
        }
        return found;
    }
    if (bound < dimension.minimum) {
        return std::nullopt;
    }
    const double number =
        dimension.step > 0
            ? dimension.minimum +
                  std::floor((bound - dimension.minimum) / dimension.step) * dimension.step
            : bound;
    return dimension.type == DimensionType::Int
               ? ParameterValue(static_cast<std::int64_t>(std::llround(number)))
               : ParameterValue(number);
}

} // namespace

std::optional<Parameters> with_smaller_batch(const Study& study, const Parameters& parameters) {
    const SmallerBatch& smaller = *study.smaller_batch;
    const auto& dimensions = study.space.dimensions;
    const auto dimension =
        std::find_if(dimensions.begin(), dimensions.end(),
                     [&](const Dimension& each) { return each.name == smaller.parameter; });
    const auto given = parameters.find(smaller.parameter);
    if (dimension == dimensions.end() || given == parameters.end()) {
        return std::nullopt;
    }
    const auto value = number_of(given->second);
    const auto less =
        value ? greatest_not_above(*dimension, *value * smaller.factor) : std::nullopt;
    if (!less || number_of(*less) >= value) {
        return std::nullopt;
    }
    Parameters changed = parameters;
    changed[smaller.parameter] = *less;
    const Encoding encoding(study.space);
    const auto point = encoding.encode(changed);
    return point && encoding.is_allowed(*point) ? std::optional(changed) : std::nullopt;
}

} // namespace pedigree::search
