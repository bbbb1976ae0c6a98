#pragma once
// A scale lays [minimum, maximum] on [0,1] and back (space.h says which bounds each allows). Pure.

#include "pipeline/search/space.h"

namespace pedigree::search {

struct Range {
    double minimum, maximum;
};

double to_unit(Scale scale, Range range, double value);
double from_unit(Scale scale, Range range, double unit); // never outside the range

} // namespace pedigree::search
