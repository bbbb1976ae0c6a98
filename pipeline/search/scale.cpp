#include "pipeline/search/scale.h"

#include <algorithm>
#include <cmath>

namespace pedigree::search {
namespace {

double logit(double value) {
    return std::log(value / (1 - value));
}

double share(double low, double high, double at) {
    return (at - low) / (high - low);
}

} // namespace

double to_unit(Scale scale, Range range, double value) {
    const auto [minimum, maximum] = range;
    switch (scale) {
    case Scale::Linear:
        return share(minimum, maximum, value);
    case Scale::Log:
        return share(std::log(minimum), std::log(maximum), std::log(value));
    case Scale::ReverseLog:
        return 1 - to_unit(Scale::Log, range, minimum + maximum - value);
    case Scale::Logit:
        return share(logit(minimum), logit(maximum), logit(value));
    }
    return 0;
}

double from_unit(Scale scale, Range range, double unit) {
    const auto [minimum, maximum] = range;
    double value = minimum;
    switch (scale) {
    case Scale::Linear:
        value = minimum + unit * (maximum - minimum);
        break;
    case Scale::Log:
        value = minimum * std::pow(maximum / minimum, unit);
        break;
    case Scale::ReverseLog:
        value = minimum + maximum - from_unit(Scale::Log, range, 1 - unit);
        break;
    case Scale::Logit:
        value = 1 / (1 + std::exp(-(logit(minimum) + unit * (logit(maximum) - logit(minimum)))));
        break;
    }
    return std::clamp(value, minimum, maximum);
}

} // namespace pedigree::search
