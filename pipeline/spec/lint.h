#pragma once
// lint(): every error of a manifest in one pass, with line, column and what to do; render() draws
// them as a compiler would. Text in, diagnostics out; the cli reads the file and prints. Pure.
//
//     error[E0120]: spec.image.base: Invalid value: "tensorflow:latest": mutable tag; pin by digest
//     ...
//       --> experiment.yaml:11:11
//        |
//     11 |     base: tensorflow:latest
//        |           ^^^^^^^^^^^^^^^^^
//        = help: ...

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "pipeline/spec/field_error.h"
#include "pipeline/spec/yaml.h"

namespace pedigree::spec {

struct Diagnostic {
    std::string code;
    std::string message; // as FieldError's to_text, without the code
    std::string help;
    Mark mark;
    std::size_t length = 1; // bytes to underline
};

// What else a caller asks of a document, such as the rules of a search; errors that were found
// already are dropped.
using FurtherRules = std::function<std::vector<FieldError>(const Json& document)>;

// In the order of the text; empty: nothing is wrong with it. Beside the spec, apiVersion, kind and
// metadata are checked. Of several documents in a text those of other API groups, such as the
// Secret that an Experiment names, are left alone.
std::vector<Diagnostic> lint(std::string_view text, const FurtherRules& further = {});

// The manifest as JSON, if lint() has nothing against its YAML: the only document of a text, or the
// only one of our API group. InvalidInput with the first problem.
Result<Json> read_manifest(std::string_view text);

enum class Colour { Never, Always };
constexpr std::size_t diagnostics_shown_max = 20;
std::string render(const std::vector<Diagnostic>& diagnostics, std::string_view text,
                   std::string_view file_name, Colour colour);

} // namespace pedigree::spec
