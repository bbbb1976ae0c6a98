#include <gmock/gmock.h>

#include "tests/unit/cli/fake_cluster.h"
#include "tests/unit/cli/traced_attempt.h"

namespace pedigree::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string api = "/apis/lineage.pedigree.dev/v1alpha1/namespaces/vision/";

Json trials_with(std::size_t count) {
    Json items = Json::array();
    for (std::size_t i = 1; i <= count; ++i) {
        items.push_back({{"trial", i},
                         {"state", "Completed"},
                         {"podUid", i == 9 ? "a" : "other"},
                         {"attempts", 1},
                         {"parameters", {{"lr", 0.1 * static_cast<double>(i)}}},
                         {"value", 1.0 / static_cast<double>(i)},
                         {"startedAt", "2026-01-31T11:55:00Z"},
                         {"endedAt", "2026-01-31T11:59:00Z"}});
    }
    return {{"items", items},
            {"maxTrials", count},
            {"objective", {{"metric", "loss"}, {"goal", "Minimize"}}}};
}

TEST(Report, SaysWhatAReviewerAsks) {
    FakeCluster fake;
    fake.texts[api + "traces/exp%3Amnist-1"] = rich_answer().dump();
    fake.texts[api + "trials/mnist-1"] = trials_with(9).dump();
    const auto code = fake.run({"report", "exp/mnist-1"});
    ASSERT_TRUE(code) << code.error().message;
    EXPECT_EQ(*code, ExitCode::Ok);
    for (const char* words :
         {"# mnist\\-1, trial 9\n", "| `command` | `python train.py \"two words\"` |",
          "| `epochs` | `4` |", "| `triggered by pipeline` | `https://git.example.com/7` |",
          "| `loss` | `0.111111 (trial 9)` |", "| `colt` | `acc` | `0.9` |", "## What was tried",
          "No gap is recorded", "    pedigree rerun mnist-1\n",
          "    pedigree trace exp/mnist-1 --as-of 12\n"}) {
        EXPECT_THAT(fake.out.str(), HasSubstr(words));
    }
}

TEST(Report, HtmlHasTheCurveOfAllTrials) {
    FakeCluster fake;
    fake.texts[api + "traces/exp%3Amnist-1"] = rich_answer().dump();
    fake.texts[api + "trials/mnist-1"] = trials_with(150).dump();
    ASSERT_TRUE(fake.run({"report", "exp/mnist-1", "-o", "html"}));
    const std::string page = fake.out.str();
    EXPECT_THAT(page, HasSubstr("<svg"));
    std::size_t circles = 0, rows = 0;
    for (std::size_t at = page.find("<circle"); at != std::string::npos;
         at = page.find("<circle", at + 1)) {
        ++circles;
    }
    for (std::size_t at = page.find("Completed</td>"); at != std::string::npos;
         at = page.find("Completed</td>", at + 1)) {
        ++rows;
    }
    EXPECT_EQ(circles, 150U);
    EXPECT_EQ(rows, 100U);                      // the best ones
    EXPECT_THAT(page, HasSubstr("0.00666667")); // of trial 150, the smallest
}

TEST(Report, WithoutASearchNothingWasTried) {
    FakeCluster fake;
    fake.texts[api + "traces/exp%3Amnist-1"] = rich_answer().dump();
    ASSERT_TRUE(fake.run({"report", "exp/mnist-1"}));
    EXPECT_THAT(fake.out.str(), Not(HasSubstr("What was tried")));
}

TEST(Report, OfNothingIsNotFound) {
    FakeCluster fake;
    fake.texts[api + "traces/run%3A7"] =
        R"({"asOf": 12, "truncated": false, "root": null, "gaps": [], "nodes": [], "edges": []})";
    const auto code = fake.run({"report", "run:7"});
    ASSERT_TRUE(code) << code.error().message;
    EXPECT_EQ(*code, ExitCode::NotFound);
    EXPECT_EQ(fake.out.str(), "");
    EXPECT_THAT(fake.err.str(), HasSubstr("pedigree find"));
}

} // namespace
} // namespace pedigree::cli
