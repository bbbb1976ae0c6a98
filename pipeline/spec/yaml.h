#pragma once
// YAML documents as JSON, with the place of every value. yaml-cpp's scanner and parser are used
// through its events (yaml.cpp alone includes it), so that aliases are expanded under a limit and
// nothing is built that was not counted. Refused: duplicate keys, tabs in the indentation, cyclic
// aliases, tags, merge keys, invalid UTF-8, UTF-16, invisible direction marks, and plain scalars
// that readers of YAML 1.1 and 1.2 understand differently (no, 0755, 12:30). A byte order mark is
// accepted. Pure; any thread.

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "base/json.h"

namespace pedigree::spec {

struct YamlLimits {
    std::size_t bytes_max = 256 * 1024;
    std::size_t depth_max = 32;
    std::size_t nodes_max = 100000; // aliases expanded
};

// Where something begins; both count from 1, columns in bytes.
struct Mark {
    std::size_t line = 1;
    std::size_t column = 1;
};

struct YamlProblem {
    std::string code; // E0001 ... E0009
    std::string message;
    Mark mark;
    std::string help;
};

// By paths as in FieldError: "spec.inputs[0].uri".
struct YamlPlaces {
    std::map<std::string, Mark> keys;   // where the key of a field stands
    std::map<std::string, Mark> values; // where its value begins
};

// The one document of a text; the first problem, or that there are more. `places` may be null.
tl::expected<Json, YamlProblem> parse_yaml(std::string_view text, YamlPlaces* places = nullptr,
                                           YamlLimits limits = {});

} // namespace pedigree::spec
