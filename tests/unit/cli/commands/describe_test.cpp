#include <gmock/gmock.h>

#include "tests/unit/cli/fake_cluster.h"

namespace pedigree::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

Json search_object() {
    Json object = experiment_object({.name = "mnist-4", .phase = "Failed", .reason = "NoValue"});
    object["status"]["progress"] = "12/50";
    object["status"]["trials"] = {{"total", 13}, {"running", 1}, {"succeeded", 9},
                                  {"failed", 2}, {"stopped", 1}, {"reused", 0}};
    object["status"]["best"] = {{"trial", 7},
                                {"value", "0.98"},
                                {"metric", "val_accuracy"},
                                {"parameters", {{"lr", 0.01}, {"optimizer", "adam"}}}};
    return object;
}

std::string described(const Json& object, const Json& attempts = Json::array()) {
    FakeCluster fake;
    fake.api.put(experiments, object);
    const std::string name = k8s::key_of(object).name;
    fake.texts["/apis/lineage.pedigree.dev/v1alpha1/namespaces/vision/progress/" + name] =
        Json{{"attempts", attempts}}.dump();
    const auto code = fake.run({"describe", name});
    return code ? fake.out.str() : "error: " + code.error().message;
}

TEST(Describe, ASearchShowsItsTrialsAndTheBest) {
    EXPECT_THAT(
        described(search_object()),
        AllOf(HasSubstr("Trials:       12/50: 9 succeeded, 1 stopped, 2 failed, 1 running\n"),
              HasSubstr("Best:         0.98 (val_accuracy, trial 7): lr 0.01, optimizer adam\n")));
}

TEST(Describe, WithoutASearchThereIsNothingOfTrials) {
    Json object = experiment_object({});
    object["status"]["trials"] = {{"total", 1}, {"running", 1}};
    EXPECT_THAT(described(object), AllOf(Not(HasSubstr("Trials:")), Not(HasSubstr("Best:"))));
}

TEST(Describe, EachAttemptSaysItsTrial) {
    const std::string text = described(
        search_object(), {{{"trial", 3}, {"number", 1}, {"stage", "Started"}, {"pod", "p-3"}}});
    EXPECT_THAT(text, HasSubstr("TRIAL   ATTEMPT   STAGE"));
    EXPECT_THAT(text, HasSubstr("3       1         Started   p-3"));
}

} // namespace
} // namespace pedigree::cli
