// decide() of Jobs and pods that no row knows.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/experiment/life.h"

namespace pedigree::experiment {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Not;

// It trains, and PostgreSQL is put back to the moment before its attempt was planned.
Life forgotten_life() {
    Life life;
    History before;
    while (life.observation.jobs.empty()) {
        if (life.observation.history.attempts.empty()) {
            before = life.observation.history;
        }
        life.step();
    }
    life.run();
    life.start_pod();
    life.run();
    life.observation.history = before;
    return life;
}

TEST(Life, EndsAJobThatTheDatabaseHasForgotten) {
    Life life = forgotten_life();
    life.observation.resource->cancel = true;
    EXPECT_EQ(life.step(), "job.delete");
    EXPECT_EQ(life.step(), "job.release");
    life.run();
    EXPECT_TRUE(life.observation.jobs.empty());
    EXPECT_EQ(life.look().phase, Phase::Cancelled);

    // Where it goes on, before it plans another attempt under the same name.
    Life on = forgotten_life();
    EXPECT_EQ(on.step(), "job.delete");
    EXPECT_EQ(on.step(), "job.release");
    EXPECT_THAT(on.run(), Contains("job.create"));

    // Before it is accepted again, and while it is deleted.
    Life gone = forgotten_life();
    gone.observation.history = {};
    EXPECT_EQ(gone.step(), "job.delete");
    gone.observation.resource->deleting_since = gone.observation.now;
    EXPECT_THAT(gone.run(), ElementsAre("job.release", "finalizer.remove"));
}

// Deleted in the background, or orphaned, its pod would live on until our finalizer is off.
TEST(Life, EndsThePodsOfAForgottenJobThatGoesWithoutThem) {
    Life life = forgotten_life();
    life.observation.jobs.front().deleting = true;
    life.observation.jobs.front().pods_follow = false;
    EXPECT_EQ(life.step(), "pod.delete");
    EXPECT_EQ(life.step(), "job.release");
}

TEST(Life, EndsWhatStillRunsOfOneWhoseEndTheDatabaseHasForgotten) {
    for (const bool finished : {false, true}) {
        SCOPED_TRACE(finished);
        Life life = forgotten_life();
        life.observation.jobs.front().finished = finished;
        life.observation.resource->status_json =
            R"({"phase":"Failed","resolved":{"specHash":"sha256:x"},"lineage":{"revision":1}})";
        const std::vector<std::string> ended{"job.delete", "job.release"};
        EXPECT_EQ(life.run(), finished ? std::vector<std::string>() : ended);
        EXPECT_EQ(life.look().reason, "HistoryLost");
        EXPECT_EQ(life.observation.jobs.size(), finished ? 1U : 0U);
    }
}

// What only looks like ours in part is another's.
TEST(Life, LeavesJobsAloneThatDoNotSayInAllThatTheyAreIts) {
    for (const int missing : {0, 1, 2}) {
        SCOPED_TRACE(missing);
        Life life = forgotten_life();
        JobSeen& job = life.observation.jobs.front();
        job.name = "another-name";
        job.claims_us = missing != 0;
        job.labelled = missing != 1;
        job.nonce = missing == 2 ? "" : "nonce";
        const auto names = life.run();
        EXPECT_THAT(names, Not(Contains("job.delete")));
        EXPECT_THAT(names, Not(Contains("job.release")));
    }
}

// kubectl delete job --cascade=orphan, before the pod was seen: its owner is off it then.
TEST(Life, EndsAPodThatLostItsJobBeforeItWasSeen) {
    for (const bool placed : {false, true}) {
        SCOPED_TRACE(placed);
        Life life;
        life.run();
        life.start_pod();
        life.observation.jobs.front().deleting = true;
        life.observation.jobs.front().pods_follow = false;
        life.pod().job_uid.clear();
        if (!placed) {
            life.pod().facts = {};
        }
        EXPECT_EQ(life.step(), "commit.doubted");
        EXPECT_EQ(life.step(), "pod.delete");
        EXPECT_TRUE(life.pod().facts.deleting);
        life.run();
        EXPECT_EQ(life.attempt().doubts, "LeftPod");
        EXPECT_EQ(life.attempt().gaps, 1);
        EXPECT_EQ(life.attempt().failure_class, FailureClass::Infrastructure);
    }
}

// Its Job went with the rows.
TEST(Life, EndsAPodOfWhichNothingIsKnown) {
    Life life = forgotten_life();
    life.observation.jobs.clear();
    life.pod().job_uid.clear();
    EXPECT_EQ(life.step(), "pod.delete");
    EXPECT_THAT(life.run(), Contains("job.create"));

    Life unlabelled = forgotten_life();
    unlabelled.observation.jobs.clear();
    unlabelled.pod().job_uid.clear();
    unlabelled.pod().labelled = false;
    EXPECT_THAT(unlabelled.run(), Not(Contains("pod.delete")));
}

// Its finalizer taken off by hand, the Job is gone at once.
TEST(Life, EndsItsOwnPodThatHasNoJobAnyMore) {
    Life life;
    life.run();
    life.start_pod();
    life.run();
    life.observation.jobs.clear();
    EXPECT_EQ(life.step(), ""); // it may still go with it
    life.pod().job_uid.clear();
    EXPECT_EQ(life.step(), "pod.delete");
    life.end_pod(143, "Error");
    life.run();
    EXPECT_EQ(life.attempt().reason, "PodDeleted");
}

} // namespace
} // namespace pedigree::experiment
