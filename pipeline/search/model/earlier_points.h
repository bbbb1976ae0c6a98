#pragma once
// An earlier search in the terms of the new one: its trials as points of the new space, with losses
// (lower is better). Private to this folder; pure.

#include <vector>

#include "pipeline/search/earlier.h"
#include "pipeline/search/sample/encoding.h"
#include "pipeline/search/study.h"

namespace pedigree::search {

struct EarlierPoints {
    std::vector<Point> points;
    std::vector<double> losses;
};

// A trial counts if the new space has a place for it: each parameter that has a value there has one
// of its values, or was no parameter then and has one value alone (a constant, or that of
// study.first). Parameters that the new space lacks are passed over. One that failed is as bad as
// the worst that did not.
EarlierPoints points_of(const EarlierStudy& earlier, const Encoding& encoding, const Study& study);

} // namespace pedigree::search
