#pragma once
// Candidates: points near others, among which an acquisition is searched. Every one is whole
// (conditions settled); whether it is allowed and fresh is the caller's question. Private to this
// folder; pure but for the stream.
//
// Why not by gradients: half of the dimensions are categories or levels, conditions switch others
// on and off, and constraints cut corners out. Steps to neighbours treat all of that alike.

#include <cstdint>
#include <vector>

#include "pipeline/search/sample/encoding.h"

namespace pedigree::search {

struct Candidate {
    Point point;
    std::int64_t parent = 0; // the trial that it was derived from; 0: none
};

// A step in every dimension that has a value: both ways and a random jump in an ordered one, every
// other level (or some, if they are many) in an unordered one. `reach`: typical step on [0,1].
std::vector<Point> neighbours(const Encoding& encoding, const Point& point, double reach,
                              Stream& stream);

// The point with each dimension moved with this probability, one at least.
Point mutated(const Encoding& encoding, const Point& point, double probability, Stream& stream);

} // namespace pedigree::search
