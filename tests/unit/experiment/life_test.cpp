// decide() through whole lives.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "records/names.h"
#include "tests/fakes/sample.h"
#include "tests/unit/experiment/life.h"

namespace pedigree::experiment {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const std::vector<std::string> until_the_job{"finalizer.add",   "commit.accept",  "commit.resolve",
                                             "commit.resolved", "commit.build",   "commit.built",
                                             "commit.imported", "commit.tracker", "commit.opened",
                                             "commit.plan",     "job.create",     "commit.created"};

TEST(Life, TrainsOnceAndIsRecorded) {
    Life life;
    EXPECT_EQ(life.run(), until_the_job);
    EXPECT_EQ(life.look().reason, "WaitingForPod");
    life.start_pod();
    EXPECT_THAT(life.run(), ElementsAre("commit.started"));
    EXPECT_EQ(life.look().phase, Phase::Running);
    EXPECT_EQ(life.look().reason, "Training");
    life.end_pod(0, "Completed");
    EXPECT_THAT(life.run(),
                ElementsAre("commit.ended", "commit.collect", "commit.observed", "commit.tell",
                            "commit.told", "job.release", "commit.released", "commit.finished",
                            "commit.close", "commit.closed"));
    EXPECT_EQ(life.look().phase, Phase::Succeeded);
    EXPECT_THAT(life.records, ElementsAre(RecordKind::ExperimentAccepted,
                                          RecordKind::SourceResolved, RecordKind::ImageBuilt,
                                          RecordKind::ImportsChecked, RecordKind::AttemptStarted,
                                          RecordKind::AttemptEnded, RecordKind::AttemptObserved,
                                          RecordKind::RunsTold, RecordKind::ExperimentFinished));
    EXPECT_TRUE(life.observation.history.intents.empty());
    EXPECT_EQ(life.attempt().models, 1);

    // The finished pod stays for a while, then its Job goes.
    ASSERT_TRUE(life.look().look_again);
    EXPECT_EQ(*life.look().look_again, std::chrono::hours(1));
    life.observation.now += std::chrono::hours(1);
    EXPECT_THAT(life.run(), ElementsAre("job.delete", "commit.deleted"));
    EXPECT_FALSE(life.look().look_again);
}

// The command has ended, the recorder has not: the pod is not starting again.
TEST(Life, GoesFromTrainingToSealing) {
    Life life;
    life.run();
    life.start_pod();
    life.run();
    run::PodFacts& facts = life.pod().facts;
    facts.recorder.running = true;
    facts.train.running = false;
    facts.train.terminated = true;
    EXPECT_EQ(life.look().phase, Phase::Sealing);
    EXPECT_EQ(life.look().reason, "CompletingRecord");
    facts.recorder.running = false;
    facts.recorder.terminated = true;
    EXPECT_EQ(life.look().reason, "CompletingRecord");
}

TEST(Life, StopsAtTheScriptsOwnFailure) {
    Life life;
    life.run();
    life.start_pod();
    life.run();
    life.end_pod(3, "Error");
    life.run();
    EXPECT_EQ(life.look().phase, Phase::Failed);
    EXPECT_EQ(life.observation.history.experiment->failure_class, FailureClass::UserCode);
    EXPECT_EQ(life.look().reason, "ExitCode");
    EXPECT_EQ(life.observation.history.attempts.size(), 1U);
}

TEST(Life, GivesMoreMemoryAfterOutOfMemory) {
    Life life;
    life.run();
    for (int i = 0; i < 3; ++i) {
        life.start_pod();
        life.run();
        life.end_pod(137, "OOMKilled");
        life.run();
        life.observation.now += std::chrono::minutes(5);
        life.run();
    }
    ASSERT_EQ(life.observation.history.attempts.size(), 3U);
    EXPECT_EQ(life.observation.history.attempts[0].memory, "2Gi");
    EXPECT_EQ(life.observation.history.attempts[1].memory, "4Gi");
    EXPECT_EQ(life.observation.history.attempts[2].memory, "8Gi");
    EXPECT_EQ(life.look().phase, Phase::Failed);
    EXPECT_EQ(life.look().reason, "OOMKilled");
}

TEST(Life, WaitsBeforeItTriesAgainAfterALostNode) {
    Life life;
    life.run();
    life.start_pod();
    life.run();
    life.pod().facts.conditions = {{"DisruptionTarget", "True", "DeletionByTaintManager", "lost"}};
    life.end_pod(137, "Error");
    life.run();
    EXPECT_EQ(life.look().phase, Phase::Queued);
    EXPECT_EQ(life.look().reason, "Retrying");
    EXPECT_THAT(life.look().message, HasSubstr("retry 1 of 10 after Infrastructure"));
    ASSERT_TRUE(life.look().look_again);
    life.observation.now += *life.look().look_again;
    EXPECT_THAT(life.run(), Contains("job.create"));
    EXPECT_EQ(life.attempt().number, 2);
}

TEST(Life, SuspendsAndGoesOnWithANewAttempt) {
    Life life;
    life.run();
    life.start_pod();
    life.run();
    life.observation.resource->suspend = true;
    EXPECT_THAT(life.run(), ElementsAre("job.delete"));
    life.end_pod(143, "Error");
    life.run();
    EXPECT_EQ(life.look().phase, Phase::Suspended);
    life.observation.resource->suspend = false;
    EXPECT_THAT(life.run(), ElementsAre("commit.plan", "job.create", "commit.created"));
    EXPECT_EQ(life.attempt().number, 2);
    EXPECT_EQ(life.observation.history.attempts[0].failure_class, FailureClass::Cancelled);
}

// Suspended and resumed before the pod was gone: the signal is our doing all the same.
TEST(Life, DoesNotBlameTheScriptForADeletedPod) {
    Life life;
    life.run();
    life.start_pod();
    life.run();
    life.observation.resource->suspend = true;
    life.run();
    life.observation.resource->suspend = false;
    life.pod().facts.deleting = true;
    life.end_pod(143, "Error");
    life.run();
    EXPECT_EQ(life.attempt().failure_class, FailureClass::Infrastructure);
    EXPECT_EQ(life.attempt().reason, "PodDeleted");
    EXPECT_EQ(life.look().reason, "Retrying");
}

TEST(Life, CancelsWhileTheImageIsBuilt) {
    Life life;
    life.answer = [](ActivityRow&) {};
    life.run();
    life.observation.resource->cancel = true;
    EXPECT_THAT(life.run(), ElementsAre("commit.finished", "commit.closed"));
    EXPECT_EQ(life.look().phase, Phase::Cancelled);
}

TEST(Life, KeepsTheFinalizerUntilTheRecordIsComplete) {
    Life life;
    life.run();
    life.start_pod();
    life.run();
    life.observation.resource->deleting_since = life.observation.now;
    EXPECT_THAT(life.run(), ElementsAre("commit.deleting", "job.delete"));
    EXPECT_TRUE(life.observation.resource->has_finalizer);
    life.end_pod(143, "Error");
    const auto names = life.run();
    EXPECT_EQ(names.back(), "finalizer.remove");
    EXPECT_EQ(life.observation.history.experiment->outcome, Outcome::Cancelled);
    EXPECT_THAT(life.records, Contains(RecordKind::AttemptObserved));
}

TEST(Life, GivesUpOnAStuckRecordWhenAskedTo) {
    Life life;
    life.run();
    life.start_pod();
    life.run();
    life.observation.resource->deleting_since = life.observation.now;
    life.observation.resource->abandon_record = true;
    const auto names = life.run();
    EXPECT_EQ(names[1], "commit.lost");
    EXPECT_EQ(names.back(), "finalizer.remove");
    EXPECT_THAT(life.records, Contains(RecordKind::EvidenceLost));
    EXPECT_TRUE(life.observation.history.intents.empty());
}

// Whose a Job is, neither its name nor what it says of its owner decides.
TEST(Life, LeavesAForeignJobAloneAndTakesTheNextName) {
    Life life;
    while (life.step() != "commit.plan") {
    }
    const std::string taken = life.attempt().job_name;
    life.observation.jobs.push_back({.name = taken, .uid = "other", .nonce = "another"});
    EXPECT_THAT(life.run(), Not(Contains("job.delete")));
    EXPECT_EQ(life.look().reason, "Retrying");
    EXPECT_THAT(life.look().message, HasSubstr("delete job " + taken));
    const AttemptRow& first = life.observation.history.attempts.front();
    EXPECT_EQ(first.failure_class, FailureClass::Infrastructure);
    EXPECT_EQ(first.reason, "JobNameTaken");
    EXPECT_EQ(first.job_uid, "");
    life.observation.now += std::chrono::minutes(1);
    life.run();
    EXPECT_EQ(life.attempt().number, 2);
    EXPECT_EQ(life.attempt().stage, AttemptStage::Created);
    EXPECT_EQ(life.observation.jobs.front().uid, "other");
    EXPECT_TRUE(life.observation.history.intents.empty());
}

TEST(Life, WaitsForAnImitationThatIsHeldOnlySoLong) {
    Life life;
    while (life.step() != "commit.plan") {
    }
    life.observation.jobs.push_back(
        {.name = life.attempt().job_name, .uid = "held", .claims_us = true, .deleting = true});
    EXPECT_EQ(life.step(), "");
    EXPECT_EQ(life.look().reason, "WaitingForJob");
    ASSERT_TRUE(life.look().look_again);
    life.observation.now += std::chrono::minutes(15);
    life.run();
    EXPECT_EQ(life.attempt().reason, "JobNameTaken");
}

// An imitation, or one from before PostgreSQL was put back: it goes, then ours is made.
TEST(Life, EndsAJobThatOnlyClaimsToBeItsOwn) {
    Life life;
    while (life.step() != "commit.plan") {
    }
    const std::string name = life.attempt().job_name;
    life.observation.jobs.push_back(
        {.name = name, .uid = "old", .nonce = "another", .claims_us = true, .has_finalizer = true});
    EXPECT_EQ(life.step(), "job.delete");
    EXPECT_EQ(life.step(), "job.release");
    EXPECT_EQ(life.step(), "job.create");
    life.run();
    EXPECT_EQ(life.attempt().stage, AttemptStage::Created);
    EXPECT_EQ(life.attempt().job_uid, "job-" + name);
}

TEST(Life, TakesTheJobThatItMadeBeforeACrash) {
    Life life;
    while (life.step() != "commit.plan") {
    }
    life.observation.jobs.push_back(
        {.name = life.attempt().job_name, .uid = "mine", .nonce = "nonce", .has_finalizer = true});
    EXPECT_EQ(life.step(), "commit.created");
    EXPECT_EQ(life.attempt().job_uid, "mine");
}

// Without a crash the uid is known: a nonce can be read and copied.
TEST(Life, TakesNoJobWithItsNonceCopied) {
    Life life;
    while (life.step() != "job.create") {
    }
    const std::string name = life.attempt().job_name;
    life.observation.created_jobs = {{name, "job-" + name}};
    life.observation.jobs.front().uid = "copy";
    life.observation.jobs.front().claims_us = false;
    life.observation.jobs.front().has_finalizer = false;
    life.run();
    EXPECT_EQ(life.attempt().reason, "JobNameTaken");
}

// Taken away with its finalizer, a pod is followed by another of its Job, which nobody records.
TEST(Life, LetsAJobHaveOnePod) {
    Life life;
    life.run();
    life.start_pod();
    life.run();
    life.pod().uid = "second";
    EXPECT_THAT(life.run(), ElementsAre("commit.doubted", "job.delete", "commit.ended",
                                        "commit.collect", "commit.observed", "commit.tell",
                                        "commit.told", "job.release", "commit.released"));
    EXPECT_EQ(life.attempt().reason, "PodLost");
    EXPECT_THAT(life.attempt().doubts, HasSubstr("SecondPod"));

    // Beside the first one, too.
    Life both;
    both.run();
    both.start_pod();
    both.run();
    both.observation.pods.push_back(both.pod());
    both.pod().uid = "second";
    EXPECT_EQ(both.step(), "commit.doubted");
    EXPECT_EQ(both.step(), "job.delete");
}

// kubectl delete job --cascade=orphan, or in the background, where our finalizer keeps the Job.
TEST(Life, EndsThePodOfAJobThatWasDeletedWithoutIt) {
    Life life;
    life.run();
    life.start_pod();
    life.run();
    life.observation.jobs.front().deleting = true;
    EXPECT_EQ(life.look().reason, "Stopping"); // it goes by itself, before its Job
    life.observation.jobs.front().pods_follow = false;
    life.pod().job_uid.clear();
    EXPECT_EQ(life.step(), "pod.delete");
    EXPECT_EQ(life.look().reason, "Stopping");
    life.end_pod(143, "Error");
    EXPECT_THAT(life.run(), Contains("job.release"));
    EXPECT_EQ(life.attempt().reason, "PodDeleted");
    EXPECT_EQ(life.attempt().failure_class, FailureClass::Infrastructure);

    // Before it was on a node, too.
    Life early;
    early.run();
    early.start_pod();
    early.pod().facts = {};
    early.observation.jobs.front().deleting = true;
    early.observation.jobs.front().pods_follow = false;
    EXPECT_EQ(early.step(), "pod.delete");
}

// Suspended by a queue, it would make another pod when it is resumed.
TEST(Life, DeletesAJobThatIsNotOverAfterItsPod) {
    Life life;
    life.run();
    life.start_pod();
    life.run();
    life.end_pod(143, "Error");
    life.observation.jobs.front().finished = false;
    const auto names = life.run();
    EXPECT_EQ(names.back(), "commit.told");
    EXPECT_EQ(life.look().reason, "WaitingForJob");
    life.observation.now += std::chrono::minutes(1);
    EXPECT_EQ(life.step(), "job.delete");
    EXPECT_EQ(life.step(), "job.release");
}

TEST(Life, EndsAnAttemptThatRanAnotherImage) {
    for (const char* container : {"train", "prepare", "recorder"}) {
        SCOPED_TRACE(container);
        Life life;
        life.run();
        life.start_pod();
        life.run();
        run::PodFacts& facts = life.pod().facts;
        facts.prepare.terminated = true;
        facts.recorder.running = true;
        run::ContainerFacts& changed = container == std::string("train")     ? facts.train
                                       : container == std::string("prepare") ? facts.prepare
                                                                             : facts.recorder;
        changed.image_id = "elsewhere/x@" + sample::digest_of("another");
        EXPECT_THAT(life.run(), ElementsAre("commit.doubted", "job.delete"));
        life.end_pod(0, "Completed");
        EXPECT_THAT(life.run(), ElementsAre("commit.ended", "commit.observed", "commit.tell",
                                            "commit.told", "job.release", "commit.released"));
        EXPECT_EQ(life.attempt().failure_class, FailureClass::Infrastructure);
        EXPECT_EQ(life.attempt().reason, "ImageDiffers");
        EXPECT_THAT(life.attempt().message, HasSubstr(sample::digest_of("another")));
        EXPECT_EQ(life.attempt().gaps, 1);
    }
}

TEST(Life, KnowsAnImageByEachOfItsNames) {
    for (const std::string& name : {"elsewhere/x@" + sample::digest_of("image"),
                                    sample::digest_of("config"), std::string()}) {
        SCOPED_TRACE(name);
        Life life;
        life.run();
        life.start_pod();
        life.run();
        life.pod().facts.train.image_id = name;
        life.end_pod(0, "Completed");
        life.run();
        EXPECT_EQ(life.attempt().failure_class, FailureClass::None) << life.attempt().message;
        EXPECT_EQ(life.attempt().doubts, name.empty() ? "ImageUnread" : "");
        EXPECT_EQ(life.attempt().gaps, name.empty() ? 1 : 0);
        EXPECT_EQ(life.attempt().train_image.empty(), name.empty());
    }
}

// A changed pod is started again, and shows the last image alone.
TEST(Life, DoubtsATrainingThatWasStartedTwice) {
    Life life;
    life.run();
    life.start_pod();
    life.run();
    life.pod().facts.train.restarts = 1;
    life.end_pod(0, "Completed");
    life.run();
    EXPECT_EQ(life.attempt().doubts, "Restarted");
    EXPECT_EQ(life.attempt().gaps, 1);
}

TEST(Life, NamesAMissingSecretBeforeAnythingIsStarted) {
    Life life;
    life.observation.missing = {{"SecretMissing", "Secret vision/mlflow does not exist"}};
    life.run();
    EXPECT_EQ(life.look().phase, Phase::Failed);
    EXPECT_EQ(life.observation.history.experiment->failure_class, FailureClass::Configuration);
    EXPECT_TRUE(life.observation.history.activities.empty());
}

TEST(Life, EndsWhenItQueuedLongerThanItMay) {
    Life life;
    life.observation.spec->deadlines.queue_seconds = 60;
    life.run();
    life.observation.now += std::chrono::seconds(61);
    EXPECT_THAT(life.run(),
                testing::Contains("job.delete")); // and the Job in deletion makes no pod
    life.observation.jobs.clear();
    life.run();
    EXPECT_EQ(life.look().phase, Phase::Failed);
    EXPECT_EQ(life.observation.history.experiment->failure_class, FailureClass::Deadline);
    EXPECT_EQ(life.look().reason, "QueueDeadlineExceeded");
}

TEST(Life, AFailedBuildEndsItWithTheWorkersWords) {
    Life life;
    life.answer = [](ActivityRow& row) {
        row.state = ActivityState::Failed;
        row.failure_class = FailureClass::Configuration;
        row.reason = "CommitNotFound";
        row.message = "no such commit";
    };
    life.run();
    EXPECT_EQ(life.look().reason, "CommitNotFound");
    EXPECT_EQ(life.look().phase, Phase::Failed);
    EXPECT_THAT(life.records, Contains(RecordKind::ExperimentFinished));
}

// Every name that decide() gives stands in the list that the crash tests walk.
TEST(Life, KnowsTheNamesOfItsEffects) {
    Life life;
    auto names = life.run();
    life.start_pod();
    for (const std::string& name : life.run()) {
        names.push_back(name);
    }
    for (const std::string& name : names) {
        EXPECT_THAT(effect_names, Contains(name));
    }
}

} // namespace
} // namespace pedigree::experiment
