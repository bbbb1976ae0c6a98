// The CRD, the policy and the table of rules say the same in the same words.

#include "pipeline/spec/rules.h"

#include <set>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "pipeline/spec/lint.h"
#include "pipeline/spec/schema.h"
#include "tests/checkout/checkout.h"

namespace pedigree::spec {
namespace {

// "spec.image: exactly one of base and prebuilt must be given (E0129)", as a set.
std::string line(std::string_view location, std::string_view message, std::string_view code) {
    return fmt::format("{}: {} ({})", location, message, code);
}

void collect_cel(const Json& schema, const std::string& location, std::set<std::string>& lines) {
    for (const Json& rule : at_path(schema, {"x-kubernetes-validations"})) {
        lines.insert(location + ": " + rule["message"].get<std::string>());
    }
    for (const auto& [name, property] : at_path(schema, {"properties"}).items()) {
        collect_cel(property, location.empty() ? name : location + "." + name, lines);
    }
    if (schema.contains("items")) {
        collect_cel(schema["items"], location + "[]", lines);
    }
}

std::set<std::string> rule_lines(RuleLayer layer) {
    std::set<std::string> lines;
    for (const Rule& rule : rules()) {
        if (rule.layer == layer) {
            lines.insert(line(rule.location, rule.message, rule.code));
        }
    }
    return lines;
}

TEST(Rules, AreTheCelRulesOfTheCrd) {
    std::set<std::string> expected = rule_lines(RuleLayer::Schema);
    expected.insert(line("spec.cancel", cancel_message, cancel_code));
    for (const auto& [name, unused] : experiment_spec_schema()["properties"].items()) {
        if (name != "suspend" && name != "cancel" && name != "parameters" && name != "search") {
            expected.insert(line("spec." + name, immutable_message, immutable_code));
        }
    }
    // A rule on seed itself cannot see that it was added or removed.
    expected.insert(line("spec", immutable_message, immutable_code));
    std::set<std::string> in_crd;
    collect_cel(experiment_schema(), "", in_crd);
    EXPECT_EQ(in_crd, expected);
}

TEST(Rules, AreTheValidationsOfThePolicy) {
    const auto text = read_file(checkout_path("manifests/policies/experiment.yaml"));
    ASSERT_TRUE(text);
    // The first document of the file is the policy, the second its binding.
    const auto policy = read_manifest(text->substr(0, text->find("\n---\n")));
    ASSERT_TRUE(policy) << policy.error().message;
    std::set<std::string> in_policy;
    for (const Json& validation : (*policy)["spec"]["validations"]) {
        const auto message = validation["message"].get<std::string>();
        if (message.starts_with("spec.")) { // the others are about requested-by
            in_policy.insert(message);
        }
    }
    std::set<std::string> expected = rule_lines(RuleLayer::Policy);
    expected.insert(line("spec.parameters", immutable_message, immutable_code));
    expected.insert(line("spec.search", immutable_message, immutable_code));
    EXPECT_EQ(in_policy, expected);
}

void check_described(const Json& schema, const std::string& location) {
    const bool bounded = string_or(schema, "type") != "string" || schema.contains("maxLength") ||
                         schema.contains("enum") || schema.contains("format");
    EXPECT_TRUE(bounded) << location << " has no maxLength";
    if (string_or(schema, "type") == "array") {
        EXPECT_TRUE(schema.contains("maxItems")) << location;
        check_described(schema["items"], location + "[]");
    }
    EXPECT_NE(string_or(schema, "description"), "") << location;
    const std::string type = string_or(schema, "type");
    const bool scalar = type != "object" && type != "array";
    const bool exampled = string_or(schema, "description").find("Example: ") != std::string::npos;
    EXPECT_TRUE(!scalar || exampled) << location << " has no example";
    for (const auto& [name, property] : at_path(schema, {"properties"}).items()) {
        check_described(property, location + "." + name);
    }
}

TEST(Crd, DescribesAndBoundsEveryField) {
    check_described(experiment_spec_schema(), "spec");
    check_described(experiment_schema()["properties"]["status"], "status");
}

// A description names the default that the schema sets.
void check_default(const Json& schema, const std::string& location) {
    if (schema.contains("default") && !schema["default"].is_structured()) {
        const Json& value = schema["default"];
        const std::string word =
            value.is_string() ? value.get<std::string>() : canonical_json(value);
        EXPECT_NE(schema["description"].get<std::string>().find("default"), std::string::npos)
            << location;
        EXPECT_NE(schema["description"].get<std::string>().find(word), std::string::npos)
            << location;
    }
    for (const auto& [name, property] : at_path(schema, {"properties"}).items()) {
        check_default(property, location + "." + name);
    }
    if (schema.contains("items")) {
        check_default(schema["items"], location + "[]");
    }
}

TEST(Crd, DescriptionsNameTheDefaults) {
    check_default(experiment_spec_schema(), "spec");
}

} // namespace
} // namespace pedigree::spec
