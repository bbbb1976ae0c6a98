#pragma once
// Which fields the calls have that a script may change something with. Plain data, from the
// messages of MLflow 3.5.1.

#include <span>
#include <string_view>

namespace pedigree::recorder {

enum class FieldKind {
    Text,
    Id,      // of a run or a logged model
    Integer, // a number or its digits as a string
    Number,  // the same, and "NaN", "Infinity", "-Infinity"
    Word,    // an enum's word, or its number
    Object,
    List, // of objects
};

struct CallField {
    std::string_view name; // snake_case
    FieldKind kind = FieldKind::Text;
    std::span<const CallField> inner = {};
};

// Empty: no such call.
std::span<const CallField> fields_of(std::string_view call);

} // namespace pedigree::recorder
