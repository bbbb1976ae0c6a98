#pragma once
// The signs that compare two values on the command line: =, ==, !=, <, <=, > and >=. Pure.

#include <cstddef>
#include <optional>
#include <string_view>

namespace pedigree::cli {

enum class Relation { Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual };

// The sign at the front of a text, the longest that fits, and how many bytes it has.
struct RelationSign {
    Relation relation = Relation::Equal;
    std::size_t bytes = 0;
};
std::optional<RelationSign> relation_at(std::string_view text);

// Whether it holds for two values: `order` is below, at or above 0 as the left one stands before,
// beside or behind the right one. What is not alike, a number and a word, has no order.
bool holds(Relation relation, int order, bool alike);

} // namespace pedigree::cli
