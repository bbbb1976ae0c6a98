#pragma once
// Features: points as the Gaussian process compares them. An ordered dimension is one column, its
// place on [0,1]; an unordered one has a column for each level, 1/sqrt(2) in that of its own, so
// that two different levels are at distance 1. A parameter without a value lies in the middle (0.5,
// all zeros). Dimensions with one level have no column. Private to this folder.
//
//     (lr 0.667, batch 1 of 3, optimizer adam of sgd, adam, rmsprop)  ->  0.667 | 0.5 | 0 0.707 0
//
// Between rows r and q the process measures d^2 = sum over columns c of ((r_c - q_c) / l)^2, with l
// the length scale of the column's dimension: a category has one for all its columns, and so
// counts like any other parameter. Both distances, from end to end of an ordered dimension and
// between two categories, are 1 before scaling, so that one prior of length scales fits all.

#include <vector>

#include "pipeline/search/sample/encoding.h"

namespace pedigree::search {

using Row = std::vector<double>;

class Features {
  public:
    explicit Features(const Encoding& encoding);

    // For each column, which length scale it has; length scales count from 0.
    const std::vector<std::size_t>& scale_of_column() const { return scale_of_column_; }
    std::size_t scales() const { return dimensions_.size(); }
    // The dimension of a length scale.
    std::size_t dimension(std::size_t scale) const { return dimensions_[scale]; }

    Row row(const Point& point) const;
    std::vector<Row> rows(const std::vector<Point>& points) const;

  private:
    const Encoding& encoding_;
    std::vector<std::size_t> dimensions_;
    std::vector<std::size_t> scale_of_column_;
};

} // namespace pedigree::search
