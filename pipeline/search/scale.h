#pragma once
// A scale lays [minimum, maximum] on [0,1] and back (space.h says which bounds each allows). Pure.
//
//     Linear      (v - min) / (max - min)
//     Log         log(v / min) / log(max / min)          factors are steps: 1e-4, 1e-3, 1e-2
//     ReverseLog  1 - Log of min + max - v               the same, seen from max: 0.9, 0.99, 0.999
//     Logit       Linear of log(v / (1 - v))             shares near both 0 and 1
//
// What a model and a uniform draw call near is near on [0,1]: the scale says what "near" means.

#include "pipeline/search/space.h"

namespace pedigree::search {

struct Range {
    double minimum, maximum;
};

double to_unit(Scale scale, Range range, double value);
double from_unit(Scale scale, Range range, double unit); // never outside the range

} // namespace pedigree::search
