#pragma once
// Encoding: the points of a space as numbers. A Point has one position for each dimension: with a
// finite list of values (levels: Int, stepped Float, Discrete, Categorical, Bool, Constant) the
// index of the level, else (Float without step) the place on [0,1] by the dimension's scale;
// `absent` where a condition leaves the parameter without a value. Refers to the space, which
// outlives it; immutable, any thread.
//
//     lr         Float 1e-4..1e-1, Log      0.667    the place on [0,1]: 1e-2
//     batch      Discrete 32, 64, 128       1        the level: 64
//     optimizer  Categorical sgd, adam      1        adam
//     momentum   Float, when sgd            absent
//
// Three forms of a trial follow each other: Parameters (names and values, what people and records
// see), Point (this, what algorithms draw, change and compare), Row (model/features.h, what the
// Gaussian process measures distances between). encode and decode are each other's inverse but for
// the last bits of a Float, which is why a point is taken through both before it is proposed
// (Domain::canonical).

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "pipeline/search/sample/philox.h"
#include "pipeline/search/space.h"

namespace pedigree::search {

using Point = std::vector<double>;
constexpr double absent = -1;

class Encoding {
  public:
    explicit Encoding(const Space& space);

    std::size_t size() const { return axes_.size(); }
    // How many values a dimension has; 0: a continuum.
    std::int64_t levels(std::size_t dimension) const { return axes_[dimension].levels; }
    // Whether neighbouring positions are alike: numbers and ordered categories.
    bool is_ordered(std::size_t dimension) const { return axes_[dimension].ordered; }
    // An ordered dimension's position on [0,1]: by scale, or by rank in its list.
    double unit(std::size_t dimension, double position) const;

    // The position of an ordered dimension that lies nearest to a place on [0,1].
    double nearest(std::size_t dimension, double unit) const;

    // Nothing if a value is missing, unknown or outside.
    std::optional<Point> encode(const Parameters& parameters) const;
    Parameters decode(const Point& point) const;
    // The value at a position; its position; nothing if it is none of this dimension's.
    ParameterValue value(std::size_t dimension, double position) const;
    std::optional<double> position(std::size_t dimension, const ParameterValue& value) const;

    // The position at the share `uniform` (in (0,1)) of the dimension's prior or weights.
    double draw(std::size_t dimension, double uniform) const;
    // Every dimension drawn, then those without a value made absent.
    Point draw(std::span<const double> uniforms) const;
    Point draw(Stream& stream) const;
    // Makes the point whole after positions were changed: conditions decide which parameters have
    // a value; those that gain one draw it.
    void settle(Point& point, Stream& stream) const;

    // Linear constraints and forbidden combinations.
    bool is_allowed(const Point& point) const;

    // Whether the parameter has a value, given those that its conditions look at.
    bool is_active(std::size_t dimension, const Point& point) const;
    // Dimensions such that each stands behind those that its conditions look at.
    const std::vector<std::size_t>& order() const { return order_; }

  private:
    // Positions of another dimension, one of which must be taken.
    struct Choice {
        std::size_t dimension;
        std::set<double> positions;
    };
    struct Axis {
        const Dimension* dimension = nullptr;
        std::int64_t levels = 0;
        bool ordered = false;
        std::vector<double> shares; // weights, added up to 1; empty: all the same
        std::vector<Choice> when;
    };

    Choice choice(const std::string& name, const std::vector<ParameterValue>& values) const;
    std::size_t index_of(const std::string& name) const;
    void sort_axes();

    const Space& space_;
    std::vector<Axis> axes_;
    std::vector<std::size_t> order_;
    std::vector<std::vector<Choice>> forbidden_;
    std::vector<std::vector<std::pair<std::size_t, double>>> coefficients_; // of space.linear
};

// Every allowed point, dimensions running like the digits of a number; nothing if there are more
// than `count_max`, or a continuum.
std::optional<std::vector<Point>> all_points(const Encoding& encoding, std::size_t count_max);

} // namespace pedigree::search
