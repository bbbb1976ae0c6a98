#pragma once
// FieldError: what is wrong with one field, in the words of Kubernetes' apimachinery, so that the
// API server, `pedigree lint` and an Experiment's status say the same. Paths are dotted as the API
// server prints them: "spec.inputs[0].uri"; a key that is no plain word stands in brackets:
// "spec.parameters[train.batch_size]". Values are quoted in short and without user information.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/words.h"

namespace pedigree::spec {

enum class FieldErrorType {
    Required,
    Invalid,
    Unsupported,
    Duplicate,
    Forbidden,
    NotFound,
    TooLong,
    TooMany,
    TooFew,
    Unknown,
};
Words<FieldErrorType> words_of(FieldErrorType); // "Required value", "Invalid value" ...

struct FieldError {
    std::string path;
    FieldErrorType type = FieldErrorType::Invalid;
    std::string code;    // "E0120"
    std::string value;   // as quoted(); empty where the type prints none
    std::string message; // may be empty with Required and Duplicate
    std::string help;    // what to do; may be empty
};

// spec.image.base: Invalid value: "tensorflow:latest": mutable tag; pin by digest ... (E0120)
std::string to_text(const FieldError& error);
// The first `count_max` errors joined by "; ", then "and N more".
std::string to_text(const std::vector<FieldError>& errors, std::size_t count_max = 20);

std::string child_path(std::string_view parent, std::string_view key);
std::string item_path(std::string_view parent, std::size_t index);

// A value as an error shows it: JSON, at most 80 bytes, "user:password@" cut out of URLs.
std::string quoted(const Json& value);

// The candidate nearest to `word` with at most two edits; empty if none.
std::string nearest_word(std::string_view word, const std::vector<std::string>& candidates);

} // namespace pedigree::spec
