#pragma once
// What stands behind `pedigree runs --where`: which runs are shown.
//
//     metric.f1 > 0.9 and (param.lr < 0.01 or param.optimizer = adam)
//     metric."avg model score" >= 0.5
//
//     condition:  both { "or" both }
//     both:       one { "and" one }                "and" binds closer
//     one:        "(" condition ")" | field sign value
//     field:      metric.NAME | param.NAME | a word of cli/runs/field.h
//     sign:       = == != < <= > >=
//     value:      a number, a word, or a text in quotes
//
// A name or a text with blanks or signs in it stands in quotes of one of the kinds "..", '..' and
// `..`. Two numbers are compared as numbers, also where a tracker keeps them as text; a value in
// quotes is a text, compared as it is written. A run without the field fits no comparison. Pure.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/app/relation.h"
#include "cli/runs/field.h"

namespace pedigree::cli {

constexpr std::size_t condition_bytes_max = 4096;
constexpr std::size_t condition_depth_max = 32; // parentheses within one another

struct RunCondition {
    enum class Kind { Comparison, All, Any };
    Kind kind = Kind::Comparison;
    RunField field; // of a comparison
    Relation relation = Relation::Equal;
    Scalar wanted;
    std::vector<RunCondition> parts; // of the others
};

// InvalidInput names the column, from 1 and in characters, and what should stand there.
Result<RunCondition> parse_condition(std::string_view text);

bool fits(const TrackerRun& run, const RunCondition& condition);

// Those that it speaks of, as often as it does.
std::vector<RunField> fields_in(const RunCondition& condition);

} // namespace pedigree::cli
