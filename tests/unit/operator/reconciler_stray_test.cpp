// Jobs and pods that no row knows, looked for and ended at the API server.

#include "tests/unit/operator/reconciler_fixture.h"

namespace pedigree::control {
namespace {

class StrayTest : public ReconcilerTest {
  protected:
    // Until its Job is there, whose pod trains; `before` is from before its attempt was planned.
    void train() {
        while (api_.all(k8s::jobs).empty()) {
            if (!state_.histories().contains(sample::experiment_uid) ||
                history().attempts.empty()) {
                before_ = state_.moment();
            }
            ASSERT_TRUE(reconciler_.reconcile(key_));
            answer_one();
        }
        run();
        put_pod();
    }
    void put_pod() {
        const k8s::Object job = api_.all(k8s::jobs).front();
        Json pod = (*job)["spec"]["template"];
        pod["metadata"]["name"] = k8s::key_of(*job).name + "-x";
        pod["metadata"]["namespace"] = sample::name_space;
        pod["metadata"]["finalizers"] = Json::array({"kubelet"});
        pod["metadata"]["ownerReferences"] = Json::array(
            {{{"uid", k8s::uid_of(*job)}, {"name", k8s::key_of(*job).name}, {"controller", true}}});
        pod["spec"]["nodeName"] = "node-1";
        pod["status"] = {{"phase", "Running"}};
        api_.put(k8s::pods, pod);
    }
    void set_cancel() {
        api_.edit(experiments, key_, [](Json& object) { object["spec"]["cancel"] = true; });
    }

    FakeHistory::Moment before_;
};

TEST_F(StrayTest, AForgottenJobGoesWithItsPodAndItsConfiguration) {
    train();
    state_.put_back(before_);
    set_cancel();
    run();
    EXPECT_EQ(history().experiment->outcome, experiment::Outcome::Cancelled);
    EXPECT_TRUE(k8s::is_being_deleted(*api_.all(k8s::pods).front()));
    EXPECT_TRUE(api_.all(k8s::config_maps).empty());
    api_.edit(k8s::pods, k8s::key_of(*api_.all(k8s::pods).front()),
              [](Json& ended) { ended["metadata"].erase("finalizers"); });
    EXPECT_TRUE(api_.all(k8s::jobs).empty()); // nothing of ours holds it
}

TEST_F(StrayTest, AForgottenJobGoesThoughNoRowNamesItsNamespace) {
    train();
    state_.put_back({});
    ASSERT_TRUE(reconciler_.reconcile(key_));
    EXPECT_TRUE(k8s::is_being_deleted(*api_.all(k8s::jobs).front()));
}

// What the cache shows may be gone, or have become another's.
TEST_F(StrayTest, NothingIsEndedOnTheWordOfACache) {
    train();
    const k8s::ObjectKey key = k8s::key_of(*api_.all(k8s::jobs).front());
    state_.put_back(before_);
    bool asked = false;
    api_.fault = [&](FaultPoint point, const std::string& call) -> Status {
        if (point == FaultPoint::Before && call == "get jobs" && !asked) {
            asked = true;
            api_.edit(k8s::jobs, key, [](Json& other) {
                other["metadata"]["uid"] = "of-somebody-else";
                other["metadata"]["ownerReferences"] = Json::array();
            });
        }
        return {};
    };
    set_cancel();
    run();
    EXPECT_TRUE(asked);
    ASSERT_TRUE(api_.seen(k8s::jobs, key));
    EXPECT_FALSE(k8s::is_being_deleted(*api_.seen(k8s::jobs, key)));
}

// A leader that is none any more, and does not know yet, reads rows that its successor has added
// to: the Job is the successor's.
TEST_F(StrayTest, AJobThatWasPlannedMeanwhileIsNoStray) {
    train();
    const FakeHistory::Moment now = state_.moment();
    state_.put_back(before_);
    bool asked = false;
    api_.fault = [&](FaultPoint point, const std::string& call) -> Status {
        if (point == FaultPoint::Before && call == "get jobs" && !asked) {
            asked = true;
            state_.put_back(now);
        }
        return {};
    };
    ASSERT_TRUE(reconciler_.reconcile(key_));
    EXPECT_TRUE(asked);
    EXPECT_FALSE(k8s::is_being_deleted(*api_.all(k8s::jobs).front()));
    run();
    EXPECT_EQ(history().attempts.back().stage, experiment::AttemptStage::Started);
}

TEST_F(StrayTest, APodThatLostItsJobBeforeItWasSeenIsFoundByItsLabel) {
    run();
    put_pod();
    api_.erase(k8s::jobs, k8s::key_of(*api_.all(k8s::jobs).front()),
               {.propagation = k8s::Propagation::Orphan, .uid = "", .resource_version = ""});
    run();
    EXPECT_TRUE(k8s::is_being_deleted(*api_.all(k8s::pods).front()));
    EXPECT_EQ(history().attempts.front().doubts, "LeftPod");
}

} // namespace
} // namespace pedigree::control
