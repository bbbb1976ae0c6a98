#include "pipeline/search/space.h"

namespace pedigree::search {

std::optional<double> number_of(const ParameterValue& value) {
    if (const auto* whole = std::get_if<std::int64_t>(&value)) {
        return static_cast<double>(*whole);
    }
    if (const auto* number = std::get_if<double>(&value)) {
        return *number;
    }
    return std::nullopt;
}

bool same_value(const ParameterValue& left, const ParameterValue& right) {
    const auto number = number_of(left);
    return number ? number == number_of(right) : left == right;
}

Words<DimensionType> words_of(DimensionType) {
    static constexpr Word<DimensionType> table[] = {
        {DimensionType::Float, "Float"},       {DimensionType::Int, "Int"},
        {DimensionType::Discrete, "Discrete"}, {DimensionType::Categorical, "Categorical"},
        {DimensionType::Bool, "Bool"},         {DimensionType::Constant, "Constant"}};
    return table;
}

Words<Scale> words_of(Scale) {
    static constexpr Word<Scale> table[] = {{Scale::Linear, "Linear"},
                                            {Scale::Log, "Log"},
                                            {Scale::ReverseLog, "ReverseLog"},
                                            {Scale::Logit, "Logit"}};
    return table;
}

Words<PriorType> words_of(PriorType) {
    static constexpr Word<PriorType> table[] = {{PriorType::Uniform, "Uniform"},
                                                {PriorType::Normal, "Normal"},
                                                {PriorType::LogNormal, "LogNormal"},
                                                {PriorType::Beta, "Beta"}};
    return table;
}

} // namespace pedigree::search
