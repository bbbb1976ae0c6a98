// decide() when PostgreSQL was lost, or put back to an earlier state.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "experiment/status/project.h"
#include "tests/unit/experiment/life.h"

namespace pedigree::experiment {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

// As it lies on the API server when it has ended.
Life ended_life() {
    Life life;
    life.run();
    life.start_pod();
    life.run();
    life.end_pod(0, "Completed");
    life.run();
    life.observation.resource->status_json =
        canonical_json(project_status(life.observation, life.look()));
    return life;
}

TEST(Life, DoesNotBeginAgainWhenTheDatabaseHasLostIt) {
    Life life = ended_life();
    const Json before = *parse_json(life.observation.resource->status_json);
    const std::string job = life.attempt().job_name;
    life.observation.history = {};
    EXPECT_THAT(life.run(), ElementsAre());
    const Decision held = life.look();
    EXPECT_EQ(held.phase, Phase::Succeeded);
    EXPECT_EQ(held.reason, "HistoryLost");
    EXPECT_THAT(held.message, HasSubstr("restore a newer backup"));
    EXPECT_THAT(held.message, HasSubstr(job)); // what can be found again
    const Json status = project_status(life.observation, held);
    EXPECT_EQ(status["resolved"], before["resolved"]);
    EXPECT_EQ(status["attempts"], before["attempts"]);
    EXPECT_EQ(status["phase"], "Succeeded");
    for (const Json& condition : status["conditions"]) {
        EXPECT_EQ(condition["status"] == "False" && condition["reason"] == "HistoryLost",
                  condition["type"] == "LineageRecorded")
            << condition;
    }
    // Written, it is no reason to think otherwise.
    life.observation.resource->status_json = canonical_json(status);
    EXPECT_EQ(project_status(life.observation, life.look()), status);
    EXPECT_EQ(life.look().reason, "HistoryLost");
    life.observation.jobs.front().has_finalizer = true;
    life.observation.resource->deleting_since = life.observation.now;
    EXPECT_THAT(life.run(), ElementsAre("job.release", "finalizer.remove"));
    EXPECT_FALSE(life.observation.jobs.front().has_finalizer); // or its namespace would stay
}

TEST(Life, DoesNotGoOnWhereADatabaseThatWasPutBackHasIt) {
    Life life;
    std::vector<History> moments{life.observation.history};
    const auto run = [&] {
        while (!life.step().empty()) {
            moments.push_back(life.observation.history);
        }
    };
    run();
    life.start_pod();
    run();
    life.end_pod(0, "Completed");
    run();
    const Decision end = life.look();
    life.observation.resource->status_json = canonical_json(project_status(life.observation, end));
    const Observation ended = life.observation;
    int lost = 0;
    for (const History& moment : moments) {
        life.observation = ended;
        life.observation.history = moment;
        const auto names = life.run();
        EXPECT_THAT(names, Not(Contains("job.create")));
        EXPECT_THAT(names, Not(Contains("commit.accept")));
        EXPECT_EQ(life.look().phase, Phase::Succeeded);
        lost += life.look().reason == "HistoryLost";
    }
    EXPECT_GT(lost, 10);
}

// The branch may have moved since: it goes on with the commit that it had, or not at all.
TEST(Life, PinsTheCommitThatItsStatusNames) {
    Life life;
    life.run();
    const std::string commit = life.observation.history.experiment->commit;
    ASSERT_FALSE(commit.empty());
    const std::string status = canonical_json(project_status(life.observation, life.look()));
    Life lost; // with nothing in the database
    lost.observation.resource->status_json = status;
    EXPECT_THAT(lost.run(), Contains("commit.accept"));
    EXPECT_EQ(lost.observation.history.experiment->told_commit, commit);

    Life behind; // with an acceptance, and a wish that must not be answered yet
    while (behind.step() != "commit.resolve") {
    }
    behind.observation.resource->status_json = status;
    EXPECT_EQ(behind.step(), "commit.pin");
    EXPECT_EQ(behind.observation.history.experiment->told_commit, commit);
    EXPECT_EQ(project_status(behind.observation, behind.look())["resolved"]["commit"], commit);
}

TEST(Life, EndsWhereAnotherCommitWasResolvedThanItsStatusNames) {
    Life life;
    while (life.step() != "commit.resolve") {
    }
    life.observation.history.experiment->told_commit = std::string(40, 'f');
    life.run();
    EXPECT_EQ(life.look().phase, Phase::Failed);
    EXPECT_EQ(life.look().reason, "CommitDiffers");
    EXPECT_THAT(life.look().message, HasSubstr("under another name"));
}

// One that was refused before anything was frozen may be mended.
TEST(Life, AcceptsWhatHadOnlyBeenRefused) {
    Life life;
    life.observation.resource->status_json = R"({"phase":"Failed","reason":"InvalidSpec"})";
    EXPECT_THAT(life.run(), Contains("commit.accept"));
}

} // namespace
} // namespace pedigree::experiment
