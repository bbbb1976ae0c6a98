#include "pipeline/search/space.h"

#include "base/words.h"

namespace pedigree::search {
namespace {

constexpr auto types = words<DimensionType>({{DimensionType::Float, "Float"},
                                             {DimensionType::Int, "Int"},
                                             {DimensionType::Discrete, "Discrete"},
                                             {DimensionType::Categorical, "Categorical"},
                                             {DimensionType::Bool, "Bool"},
                                             {DimensionType::Constant, "Constant"}});
constexpr auto scales = words<Scale>({{Scale::Linear, "Linear"},
                                      {Scale::Log, "Log"},
                                      {Scale::ReverseLog, "ReverseLog"},
                                      {Scale::Logit, "Logit"}});
constexpr auto priors = words<PriorType>({{PriorType::Uniform, "Uniform"},
                                          {PriorType::Normal, "Normal"},
                                          {PriorType::LogNormal, "LogNormal"},
                                          {PriorType::Beta, "Beta"}});

} // namespace

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

std::string_view to_string(DimensionType type) {
    return types.word(type);
}
std::string_view to_string(Scale scale) {
    return scales.word(scale);
}
std::string_view to_string(PriorType type) {
    return priors.word(type);
}
std::optional<DimensionType> dimension_type_from(std::string_view word) {
    return types.value(word);
}
std::optional<Scale> scale_from(std::string_view word) {
    return scales.value(word);
}
std::optional<PriorType> prior_type_from(std::string_view word) {
    return priors.value(word);
}

} // namespace pedigree::search
