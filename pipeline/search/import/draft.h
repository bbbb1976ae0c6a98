#pragma once
// Draft: a search document while an importer writes it, with what it found wrong. Private to this
// folder; pure.

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "pipeline/spec/field_error.h"

namespace pedigree::search {

constexpr std::int64_t unlimited_trials = 100'000; // schema.yaml's largest maxTrials

struct Draft {
    Json document = Json::object();
    std::vector<spec::FieldError> errors;
    std::vector<std::string> warnings;

    // A value that is wrong, or that a search cannot express.
    void invalid(const std::string& path, const Json& value, std::string message);
    void required(const std::string& path, std::string message);
    void warn(const std::string& path, std::string_view message);
    // Names the members of `object` that are none of `known`.
    void refuse_unknown(const Json& object, const std::string& path,
                        std::initializer_list<std::string_view> known);

    // A finite number, also one written as a string, as Katib does.
    std::optional<double> number_in(const Json& value, const std::string& path);
    // The same under `name`. Missing: an error.
    std::optional<double> number(const Json& object, const std::string& path, const char* name);
    double number_or(const Json& object, const std::string& path, const char* name,
                     double fallback);
    // Copies a whole number under another name; missing is fine.
    void copy_integer(const Json& object, const std::string& path, const char* from, Json& target,
                      const char* to);
};

// A whole number as an integer, so that documents read as they were written.
Json compact_number(double value);

// A parameter with a list of values: Discrete if all are numbers, else Categorical.
Json choice(const std::string& name, const Json& values);

} // namespace pedigree::search
