// What others refuse, through whole lives.

#include "experiment/steps/refusal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pipeline/run/classify.h"
#include "tests/unit/experiment/life.h"

namespace pedigree::experiment {
namespace {

// What the API server answers to a Job stands in the status at once, and ends.
class RefusedJob : public testing::Test {
  protected:
    RefusedJob() {
        while (life.step() != "commit.plan") {
        }
    }
    void refuse(ErrorCode code, const std::string& words, std::int64_t tries = 1) {
        life.observation.job_refusals.insert_or_assign(
            life.attempt().job_name,
            JobRefusal{.error = Error(code, words),
                       .tries = tries,
                       .again_at = life.observation.now + std::chrono::seconds(5)});
    }
    Life life;
};

TEST_F(RefusedJob, EndsWhereItWillBeRefusedAgain) {
    refuse(ErrorCode::InvalidInput, "spec.volumes[6].name: Invalid value: \"secret-a.b\"");
    EXPECT_EQ(life.step(), "commit.ended");
    EXPECT_TRUE(life.observation.history.intents.empty());
    life.run();
    EXPECT_EQ(life.look().phase, Phase::Failed);
    EXPECT_EQ(life.look().reason, "JobRefused");
    EXPECT_THAT(life.look().message, testing::HasSubstr("secret-a.b"));
    EXPECT_EQ(life.observation.history.experiment->failure_class, FailureClass::Configuration);
    EXPECT_EQ(life.observation.history.attempts.size(), 1U);
}

TEST_F(RefusedJob, WaitsForAQuotaAsInAQueue) {
    life.observation.spec->deadlines.queue_seconds = 600;
    refuse(ErrorCode::TooMany, "exceeded quota: jobs", 100);
    const Decision waiting = life.look();
    EXPECT_FALSE(waiting.effect);
    EXPECT_EQ(waiting.reason, "QuotaExceeded");
    EXPECT_THAT(waiting.message, testing::HasSubstr("exceeded quota: jobs"));
    EXPECT_EQ(waiting.look_again, std::chrono::seconds(5));
    life.observation.now += std::chrono::seconds(5);
    EXPECT_EQ(effect_name(life.look().effect.value()), "job.create");
    life.observation.now += std::chrono::seconds(600);
    life.run();
    EXPECT_EQ(life.look().reason, "QueueDeadlineExceeded");
    EXPECT_THAT(life.look().message, testing::HasSubstr("exceeded quota: jobs"));
}

TEST_F(RefusedJob, IsGivenUpAfterManyTriesForAnUnknownReason) {
    refuse(ErrorCode::Unavailable, "failed calling webhook", job_refusals_max - 1);
    EXPECT_EQ(life.look().reason, "WaitingForJob");
    refuse(ErrorCode::Unavailable, "failed calling webhook", job_refusals_max);
    EXPECT_EQ(life.step(), "commit.ended");
    EXPECT_EQ(life.attempt().failure_class, FailureClass::Infrastructure);
    EXPECT_EQ(life.attempt().reason, "JobNotCreated");
}

TEST(Refusal, OfAPodIsKnownByItsWords) {
    const std::pair<const char*, Prospect> cases[] = {
        {"pods \"x\" is forbidden: exceeded quota: q, requested: pods=1", Prospect::Passing},
        {"pods \"x\" is forbidden: failed quota: q: must specify limits.cpu for: prepare,recorder",
         Prospect::Permanent},
        {"pods \"x\" is forbidden: violates PodSecurity \"restricted:latest\": ...",
         Prospect::Permanent},
        {"pods \"x\" is forbidden: maximum cpu usage per Container is 100m, but limit is 1",
         Prospect::Permanent},
        {"Pod \"x\" is invalid: spec.containers[0].image: Required value", Prospect::Permanent},
        {"admission webhook \"w\" denied the request: no", Prospect::Permanent},
        {"pods \"x\" is forbidden: error looking up service account v/default: not found",
         Prospect::Unknown},
        {"Internal error occurred: failed calling webhook", Prospect::Unknown},
    };
    for (const auto& [words, prospect] : cases) {
        EXPECT_EQ(prospect_of_pod(std::string("Error creating: ") + words), prospect) << words;
    }
}

// The Job is there, its pod is refused: said at once, ended after a grace, and the Job with it.
TEST(Refusal, OfAPodIsQuotedAndEnds) {
    Life life;
    life.run();
    const std::string job = life.attempt().job_name;
    life.observation.pod_refusals[job] = {"Error creating: pods \"x\" is forbidden: violates "
                                          "PodSecurity \"restricted:latest\"",
                                          life.observation.now};
    EXPECT_EQ(life.look().reason, "WaitingForPod");
    EXPECT_THAT(life.look().message, testing::HasSubstr("violates PodSecurity"));
    life.observation.now += std::chrono::seconds(run::configuration_grace_seconds);
    EXPECT_EQ(life.step(), "commit.ended");
    EXPECT_EQ(life.step(), "job.delete"); // it would make a pod when the rule is lifted
    life.run();
    EXPECT_EQ(life.look().phase, Phase::Failed);
    EXPECT_EQ(life.look().reason, "PodRefused");
    EXPECT_THAT(life.look().message, testing::HasSubstr("violates PodSecurity"));
    EXPECT_TRUE(life.observation.jobs.empty());
}

TEST(Refusal, OfAPodByAQuotaWaitsInTheQueue) {
    Life life;
    life.observation.spec->deadlines.queue_seconds = 3600;
    life.run();
    life.observation.pod_refusals[life.attempt().job_name] = {
        "Error creating: pods \"x\" is forbidden: exceeded quota: gpus", life.observation.now};
    life.observation.now += std::chrono::seconds(3600);
    EXPECT_EQ(life.look().reason, "QuotaExceeded");
    life.observation.now += std::chrono::seconds(1);
    EXPECT_EQ(life.step(), "job.delete");
    life.run();
    EXPECT_EQ(life.look().reason, "QueueDeadlineExceeded");
    EXPECT_THAT(life.look().message, testing::HasSubstr("exceeded quota: gpus"));
}

} // namespace
} // namespace pedigree::experiment
