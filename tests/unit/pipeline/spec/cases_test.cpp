// Every document of tests/cases/spec, as the parser sees it; tests/integration/crd asks the API
// server.

#include <algorithm>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "pipeline/spec/canonical.h"
#include "pipeline/spec/parse.h"
#include "tests/cases/spec/read_cases.h"

namespace pedigree::spec {
namespace {

std::vector<FieldError> errors_of(const cases::SpecCase& example) {
    const Json document = Json::parse(example.document);
    if (example.updated.empty()) {
        return validate(document);
    }
    EXPECT_TRUE(validate(document).empty());
    return validate_update(document["spec"], Json::parse(example.updated)["spec"]);
}

TEST(SpecCases, AreAcceptedAndRefusedAsWritten) {
    const auto examples = cases::read_spec_cases();
    ASSERT_GT(examples.size(), 200U);
    for (const auto& example : examples) {
        if (!example.seen_by_parser) {
            continue;
        }
        const auto errors = errors_of(example);
        EXPECT_EQ(errors.size(), example.refusals.size()) << example.title() << "\n"
                                                          << to_text(errors);
        for (const auto& refusal : example.refusals) {
            const bool found = std::any_of(errors.begin(), errors.end(), [&](const FieldError& e) {
                return e.path == refusal.path && e.code == refusal.code &&
                       to_text(e).find(refusal.message) != std::string::npos;
            });
            EXPECT_TRUE(found) << example.title() << "\n" << to_text(errors);
        }
    }
}

TEST(SpecCases, NeverEchoACredential) {
    for (const auto& example : cases::read_spec_cases()) {
        EXPECT_EQ(to_text(errors_of(example)).find("canary"), std::string::npos) << example.title();
    }
}

// What was accepted reads back from its canonical form as itself.
TEST(SpecCases, AcceptedOnesRoundTrip) {
    for (const auto& example : cases::read_spec_cases()) {
        const auto spec = parse(Json::parse(example.document)["spec"]);
        if (!spec) {
            continue;
        }
        const auto again = parse(to_canonical_json(*spec));
        ASSERT_TRUE(again) << example.title() << again.error().message;
        EXPECT_EQ(to_canonical_json(*again), to_canonical_json(*spec)) << example.title();
    }
}

} // namespace
} // namespace pedigree::spec
