// Every call that the operator makes, refused for good each time it is made: by the API server, by
// PostgreSQL, by the worker. Nothing may get stuck: the Experiment ends, or its status says who has
// to do what, and nobody is asked the same at full speed.

#include <algorithm>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/simulation/world.h"

namespace pedigree::simulation {
namespace {

// Within twelve hours, some of them spent with what is looked at each two seconds.
constexpr int looks_at_refusals_max = 5000;

const Scenario& scenario_named(std::string_view name) {
    return *std::find_if(scenarios.begin(), scenarios.end(),
                         [&](const Scenario& scenario) { return scenario.name == name; });
}

bool has_ended(const std::string& status) {
    return status.starts_with("Succeeded") || status.starts_with("Failed") ||
           status.starts_with("Cancelled");
}

class RefusalTest : public testing::TestWithParam<Refusal> {};

TEST_P(RefusalTest, LeavesNothingStuck) {
    for (const char* name : {"success", "wheel to be built"}) {
        const Scenario& scenario = scenario_named(name);
        World world(scenario, Faults(GetParam()));
        world.run();
        const std::string rests = world.rests_in();
        EXPECT_TRUE(has_ended(rests) || rests.ends_with(" RecordRefused") ||
                    rests.ends_with(" ApiServerRefused"))
            << scenario.name << " rests in " << rests;
        if (has_ended(rests)) {
            EXPECT_THAT(world.violations(),
                        testing::Not(testing::Contains("a ConfigMap is left behind")));
        }
        EXPECT_LE(world.looks(), looks_at_refusals_max) << scenario.name;
    }
}

std::vector<Refusal> refusals() {
    std::vector<Refusal> all;
    for (const char* call : {"create jobs", "list jobs", "list pods", "get secrets",
                             "create networkpolicies", "delete jobs", "patch jobs"}) {
        for (const ErrorCode code : {ErrorCode::InvalidInput, ErrorCode::Forbidden}) {
            all.push_back({.call = call, .code = code});
        }
    }
    for (const auto& [kind, word] : words_of(experiment::RecordKind{}).rows()) {
        for (const ErrorCode code : {ErrorCode::InvalidInput, ErrorCode::TooLarge}) {
            all.push_back({.call = "commit", .code = code, .record = kind});
        }
    }
    for (const ErrorCode code : {ErrorCode::InvalidInput, ErrorCode::TooLarge}) {
        all.push_back({.call = "finish_activity Succeeded", .code = code});
    }
    for (const auto& [kind, word] : words_of(records::work::WorkKind{}).rows()) {
        for (const FailureClass failure_class :
             {FailureClass::Infrastructure, FailureClass::OutOfMemory, FailureClass::Configuration,
              FailureClass::UserCode, FailureClass::Deadline}) {
            all.push_back({.call = std::string(word), .failure_class = failure_class});
        }
    }
    return all;
}

INSTANTIATE_TEST_SUITE_P(Calls, RefusalTest, testing::ValuesIn(refusals()),
                         [](const auto& refusal) { return refusal.param.test_name(); });

} // namespace
} // namespace pedigree::simulation
