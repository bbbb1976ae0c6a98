#pragma once
// The rules that types and bounds cannot say, in one table: code, words, place and a check. The
// CRD's CEL rules and the ValidatingAdmissionPolicy carry the same messages
// (tests/unit/pipeline/spec holds them to it), so `kubectl apply`, `pedigree lint` and an
// Experiment's status agree. Pure.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "pipeline/spec/field_error.h"

namespace pedigree::spec {

// Who enforces a rule beside this library.
enum class RuleLayer {
    Schema, // a CEL rule of the CRD
    Policy, // the ValidatingAdmissionPolicy: the schema's CEL cannot see `parameters`
    Parser, // nobody: it needs what CEL cannot compare
};

struct Violation {
    std::string at;    // appended to the node's path: "", ".base", "[train.batch_size]"
    std::string value; // quoted()
    std::string help;
};

struct Rule {
    std::string_view code;
    std::string_view location; // in the schema: "spec.inputs[].uri"
    RuleLayer layer;
    FieldErrorType type;
    std::string_view message; // without path and code
    // Violations of the node at the location; its structure and defaults are sound.
    std::vector<Violation> (*check)(const Json& node);
};

std::span<const Rule> rules();

// Runs the rules over a document with defaults; a rule whose node has a structural error, in or
// above it, is left out.
void check_rules(const Json& document, const std::vector<FieldError>& structural,
                 std::vector<FieldError>& errors);

constexpr std::string_view immutable_code = "E0171";
constexpr std::string_view immutable_message =
    "is immutable; create a new Experiment, since one Experiment is one execution";
constexpr std::string_view cancel_code = "E0170";
constexpr std::string_view cancel_message = "cannot be taken back; create a new Experiment";

} // namespace pedigree::spec
