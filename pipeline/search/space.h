#pragma once
// Space: which parameters a search may choose, as the user means them (docs/spec/search.md). It is
// the one form that the document under `search:` and every importer are read into. Plain values;
// sample/encoding.h maps a point of the space to numbers and back. read_study() promises for what
// it returns: names are unique, bounds are finite and min < max, scales fit their bounds, steps fit
// into the range, values are distinct and of one type, conditions name other parameters without a
// cycle.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/words.h"
#include "pipeline/spec/experiment.h"

namespace pedigree::search {

using spec::ParameterValue;
using Parameters = std::map<std::string, ParameterValue>;

// Nothing for a boolean or a string.
std::optional<double> number_of(const ParameterValue& value);
// 1 and 1.0 are the same value; true and 1 are not.
bool same_value(const ParameterValue& left, const ParameterValue& right);

enum class DimensionType { Float, Int, Discrete, Categorical, Bool, Constant };

// How a range is laid on [0,1]: Log by the logarithm (minimum > 0); ReverseLog the same seen from
// the maximum, so that values near it are told apart best; Logit by log(x / (1 - x)), inside (0,1).
enum class Scale { Linear, Log, ReverseLog, Logit };

// Where good values are believed to lie. Normal: of the value; LogNormal: of the value's natural
// logarithm; both cut off at the bounds. Beta: of the value's place between the bounds.
enum class PriorType { Uniform, Normal, LogNormal, Beta };
struct Prior {
    PriorType type = PriorType::Uniform;
    double mean = 0, deviation = 1; // Normal, LogNormal
    double alpha = 1, beta = 1;     // Beta
};

// Holds if the other parameter is active and has one of the values.
struct Condition {
    std::string parameter;
    std::vector<ParameterValue> values;
};

struct Dimension {
    std::string name;
    DimensionType type = DimensionType::Float;
    double minimum = 0, maximum = 1; // Float, Int; both included
    double step = 0;                 // from the minimum; 0: none (Float); Int has at least 1
    Scale scale = Scale::Linear;     // Float, Int
    Prior prior;                     // Float, Int
    // Discrete: numbers, ascending. Categorical: as given. Bool: false, true. Constant: the one.
    std::vector<ParameterValue> values;
    std::vector<double> weights; // Categorical, Discrete: one for each value; empty: all the same
    bool ordered = false;        // Categorical: neighbours in the list are alike
    std::vector<Condition> when; // all must hold, else the parameter has no value
};

// minimum <= sum of coefficient * value <= maximum; says nothing where one of them has no value.
struct LinearConstraint {
    std::map<std::string, double> coefficients;
    double minimum, maximum; // either may be infinite
};

// Parameters that must not have these values together.
using Combination = std::map<std::string, std::vector<ParameterValue>>;

struct Space {
    std::vector<Dimension> dimensions;
    std::vector<LinearConstraint> linear;
    std::vector<Combination> forbidden;
};

Words<DimensionType> words_of(DimensionType);
Words<Scale> words_of(Scale);
Words<PriorType> words_of(PriorType);

} // namespace pedigree::search
