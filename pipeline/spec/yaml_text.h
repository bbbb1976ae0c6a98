#pragma once
// What yaml.h does by itself around yaml-cpp: the bytes are checked before they are parsed, and
// plain scalars become JSON after. Pure.

#include <optional>
#include <string>
#include <string_view>

#include "pipeline/spec/yaml.h"

namespace pedigree::spec {

// Size, encoding, control characters, invisible direction marks, tabs in the indentation.
std::optional<YamlProblem> text_problem(std::string_view text, std::size_t bytes_max);

// YAML 1.2's core schema. What YAML 1.1 reads otherwise (no, 0755, 12:30, 1_000) is refused, and so
// are numbers that are not finite.
tl::expected<Json, YamlProblem> plain_scalar(const std::string& text);

// "U+0430" for the first character that is not ASCII; empty if all are.
std::string first_beyond_ascii(std::string_view text);

} // namespace pedigree::spec
