// gather and act over the fakes: what the pure tests cannot see.

#include "tests/unit/operator/reconciler_fixture.h"

#include "base/digest.h"

namespace pedigree::control {
namespace {

TEST_F(ReconcilerTest, ComesToItsJobAndRests) {
    run();
    EXPECT_EQ(api_.all(k8s::jobs).size(), 1U);
    const auto writes = api_.writes();
    run();
    EXPECT_EQ(api_.writes(), writes);
}

TEST_F(ReconcilerTest, PutsIntoTheJobWhatTrackersNeedAndNoCredential) {
    run();
    const Json job = *api_.all(k8s::jobs).front();
    const std::string environment = job["spec"]["template"]["spec"]["containers"][0]["env"].dump();
    EXPECT_NE(
        environment.find(R"({"name":"WANDB_BASE_URL","value":"http://127.0.0.1:5000/wandb"})"),
        std::string::npos)
        << environment;
    EXPECT_NE(environment.find(history().experiment->commit), std::string::npos);
    EXPECT_NE(environment.find(std::string(40, 'x')), std::string::npos);
}

TEST_F(ReconcilerTest, SaysThatASecretEndsInALineFeed) {
    Json secret = sample::secrets().front();
    secret["data"]["password"] = to_base64("CANARY-git\n");
    api_.put(k8s::secrets, secret);
    while (begun_.empty()) {
        ASSERT_TRUE(reconciler_.reconcile(key_));
    }
    const auto status = at_path(*api_.seen(experiments, key_), {"status"});
    EXPECT_NE(
        string_or(status, "message").find("password of Secret vision/git-token ends in a line"),
        std::string::npos)
        << status.dump();
}

// Seen: every namespace's data through the platform's own credential.
TEST_F(ReconcilerTest, EndsOneThatReadsAnotherNamespacesKeys) {
    Json experiment = *api_.seen(experiments, key_);
    experiment["spec"]["inputs"][0]["uri"] = "s3://pedigree/records/namespaces/speech/mnist.npz";
    experiment["spec"]["inputs"][0].erase("secretName");
    api_.put(experiments, experiment);
    run();
    EXPECT_EQ(history().activity(experiment::resolve_activity), nullptr); // nothing was begun
    const auto status = at_path(*api_.seen(experiments, key_), {"status"});
    EXPECT_EQ(string_or(status, "phase"), "Failed");
    EXPECT_EQ(string_or(status, "reason"), "InputNotOfNamespace");
    EXPECT_THAT(string_or(status, "message"),
                testing::HasSubstr("s3://pedigree/records/namespaces/vision/"));
}

// Seen: another namespace's images through the platform's own login.
TEST_F(ReconcilerTest, EndsOneThatRunsAnotherNamespacesImage) {
    Json experiment = *api_.seen(experiments, key_);
    experiment["spec"]["image"]["base"] =
        "registry.example.com/pedigree/speech:1@" + sample::digest_of("base");
    experiment["spec"]["image"]["pullSecretName"] = "registry-pull";
    api_.put(experiments, experiment);
    run();
    const auto status = at_path(*api_.seen(experiments, key_), {"status"});
    EXPECT_EQ(string_or(status, "phase"), "Failed");
    EXPECT_EQ(string_or(status, "reason"), "ImageNotOfNamespace");
    EXPECT_TRUE(begun_.empty());
}

// The commit that wants an activity took place, but its answer was lost: it is begun all the same.
TEST_F(ReconcilerTest, BeginsAnActivityWhoseCommitWasAmbiguous) {
    bool lost = false;
    state_.fault = [&](FaultPoint point, const std::string& call) -> Status {
        if (!lost && point == FaultPoint::After && call == "commit" && state_.commits() == 2) {
            lost = true;
            return failure(ErrorCode::Unavailable, "connection lost during COMMIT");
        }
        return {};
    };
    for (int i = 0; i < 10; ++i) {
        static_cast<void>(reconciler_.reconcile(key_));
    }
    EXPECT_TRUE(lost);
    ASSERT_FALSE(begun_.empty());
    EXPECT_EQ(begun_.back().row.key, experiment::resolve_activity);
}

// A process that begins anew, for a lost lease or a drained node, does not wait anew.
TEST_F(ReconcilerTest, CountsADeletionsTimeOverRestarts) {
    run();
    api_.erase(experiments, key_);
    const auto look = [&](Reconciler& reconciler) { // whose tracker never answers
        for (int i = 0; i < 50; ++i) {
            ASSERT_TRUE(reconciler.reconcile(key_));
        }
    };
    look(reconciler_);
    EXPECT_FALSE(history().experiment->released);
    clock_.advance(std::chrono::minutes(20));
    Reconciler next(dependencies());
    look(next);
    EXPECT_FALSE(history().experiment->released);
    clock_.advance(std::chrono::minutes(11));
    look(next);
    EXPECT_TRUE(history().experiment->released);
    EXPECT_EQ(history().experiment->reason, "RecordAbandoned");
    EXPECT_FALSE(api_.seen(experiments, key_));
}

TEST_F(ReconcilerTest, CountsAPodsWaitOnItsNodeOverRestarts) {
    run();
    const k8s::Object job = api_.all(k8s::jobs).front();
    Json pod = (*job)["spec"]["template"];
    pod["metadata"]["name"] = "pod";
    pod["metadata"]["namespace"] = sample::name_space;
    pod["metadata"]["ownerReferences"] =
        Json::array({{{"uid", k8s::uid_of(*job)}, {"controller", true}}});
    pod["spec"]["nodeName"] = "node-1"; // where a volume cannot be mounted
    pod["status"] = {{"phase", "Pending"}};
    api_.put(k8s::pods, pod);
    run();
    clock_.advance(std::chrono::minutes(40));
    Reconciler second(dependencies());
    ASSERT_TRUE(second.reconcile(key_));
    EXPECT_EQ(history().attempts.back().stage, experiment::AttemptStage::Started);
    clock_.advance(std::chrono::minutes(21));
    Reconciler third(dependencies());
    ASSERT_TRUE(third.reconcile(key_));
    EXPECT_EQ(history().attempts.back().reason, "PodNotStarted");
}

// A merge patch alone would keep it for ever.
TEST_F(ReconcilerTest, TakesAwayWhatAStatusSaysNoMore) {
    api_.edit(experiments, key_, [](Json& object) {
        object["status"] = {{"finishedAt", "2026-01-01T00:00:00Z"},
                            {"best", {{"trial", 3}}},
                            {"resolved", {{"image", "of an earlier life"}}}};
    });
    while (begun_.empty()) {
        ASSERT_TRUE(reconciler_.reconcile(key_));
    }
    ASSERT_TRUE(reconciler_.reconcile(key_));
    const Json status = at_path(*api_.seen(experiments, key_), {"status"});
    EXPECT_EQ(string_or(status, "phase"), "Resolving");
    EXPECT_FALSE(status.contains("finishedAt")) << status;
    EXPECT_FALSE(status.contains("best"));
    EXPECT_FALSE(status["resolved"].contains("image"));
    EXPECT_TRUE(status["resolved"].contains("specHash"));
}

// The database was put back to before it knew the commit: the branch is not asked again.
TEST_F(ReconcilerTest, BeginsNothingBeforeTheCommitIsPinned) {
    while (begun_.empty()) {
        ASSERT_TRUE(reconciler_.reconcile(key_));
    }
    begun_.clear();
    api_.edit(experiments, key_,
              [](Json& object) { object["status"]["resolved"]["commit"] = sample::commit; });
    Reconciler next(dependencies());
    ASSERT_TRUE(next.reconcile(key_));
    EXPECT_TRUE(begun_.empty());
    EXPECT_EQ(history().experiment->told_commit, sample::commit);
    ASSERT_TRUE(next.reconcile(key_));
    EXPECT_FALSE(begun_.empty());
}

TEST_F(ReconcilerTest, FindsItsJobThoughTheCacheIsBehind) {
    cluster_.hide_jobs = true;
    run();
    EXPECT_EQ(api_.all(k8s::jobs).size(), 1U);
    EXPECT_EQ(history().attempts.back().stage, experiment::AttemptStage::Created);
}

// The Job that the creation was answered with is gone, and another one has its name, labels, owner
// and nonce.
TEST_F(ReconcilerTest, KnowsItsJobByTheUidThatItsCreationWasAnsweredWith) {
    Json copy;
    api_.fault = [&](FaultPoint point, const std::string& call) -> Status {
        if (point == FaultPoint::After && call == "create jobs") {
            copy = *api_.all(k8s::jobs).front();
        }
        return {};
    };
    while (copy.is_null()) {
        ASSERT_TRUE(reconciler_.reconcile(key_));
        answer_one();
    }
    api_.fault = nullptr;
    copy["metadata"]["uid"] = "copy";
    copy["metadata"].erase("finalizers");
    copy["metadata"].erase("ownerReferences");
    api_.put(k8s::jobs, copy);
    run();
    EXPECT_EQ(history().attempts.front().reason, "JobNameTaken");
    EXPECT_EQ(k8s::uid_of(*api_.seen(k8s::jobs, k8s::key_of(copy))), "copy");
}

// A Job is Complete, its pod not yet in the cache: the pod is asked for before it is called lost.
TEST_F(ReconcilerTest, AsksForAPodBeforeItIsCalledLost) {
    run();
    const k8s::Object job = api_.all(k8s::jobs).front();
    Json pod = (*job)["spec"]["template"];
    pod["metadata"]["name"] = k8s::key_of(*job).name + "-x";
    pod["metadata"]["namespace"] = sample::name_space;
    pod["metadata"]["ownerReferences"] =
        Json::array({{{"uid", k8s::uid_of(*job)}, {"controller", true}}});
    pod["spec"]["nodeName"] = "node-1";
    pod["status"] = {
        {"phase", "Succeeded"},
        {"containerStatuses",
         Json::array({{{"name", "train"},
                       {"state", {{"terminated", {{"exitCode", 0}, {"reason", "Completed"}}}}}}})}};
    api_.put(k8s::pods, pod);
    api_.edit(k8s::jobs, k8s::key_of(*job), [](Json& edited) {
        edited["status"]["conditions"] = Json::array({{{"type", "Complete"}, {"status", "True"}}});
    });
    cluster_.hide_pods = true;
    for (int i = 0; i < 4; ++i) {
        static_cast<void>(reconciler_.reconcile(key_));
    }
    const experiment::AttemptRow& attempt = history().attempts.back();
    EXPECT_EQ(attempt.failure_class, FailureClass::None) << attempt.reason;
    EXPECT_FALSE(attempt.pod_uid.empty());
}

TEST_F(ReconcilerTest, SaysThatNoPolicyProtectsItsObjects) {
    const auto with = [](const std::vector<std::pair<std::string, Json>>& changes) {
        Json policy = sample::objects_policy(), binding = sample::objects_policy_binding();
        for (const auto& [field, value] : changes) {
            (field == "failurePolicy" ? policy : binding)["spec"][field] = value;
        }
        return is_in_force(policy, binding);
    };
    EXPECT_TRUE(with({}));
    EXPECT_FALSE(with({{"failurePolicy", "Ignore"}}));
    EXPECT_FALSE(with({{"validationActions", Json::array({"Warn", "Audit"})}}));
    EXPECT_FALSE(with({{"policyName", "another"}}));
    EXPECT_FALSE(is_in_force(Json(), Json()));

    api_.erase(admission_bindings, {"", objects_policy});
    run();
    const k8s::Object job = api_.all(k8s::jobs).front();
    Json pod = (*job)["spec"]["template"];
    pod["metadata"]["name"] = "pod";
    pod["metadata"]["namespace"] = sample::name_space;
    pod["metadata"]["ownerReferences"] =
        Json::array({{{"uid", k8s::uid_of(*job)}, {"controller", true}}});
    pod["spec"]["nodeName"] = "node-1";
    pod["status"] = {{"phase", "Running"}};
    api_.put(k8s::pods, pod);
    run();
    EXPECT_EQ(history().attempts.back().doubts, "Unprotected");
}

// Its label taken off, a pod is in no cache and no list; it is the attempt's all the same.
TEST_F(ReconcilerTest, KnowsAPodWithoutItsLabelsByItsOwner) {
    run();
    const k8s::Object job = api_.all(k8s::jobs).front();
    for (const bool recorded : {false, true}) {
        SCOPED_TRACE(recorded);
        Json pod = (*job)["spec"]["template"];
        pod["metadata"]["name"] = k8s::key_of(*job).name + "-x";
        pod["metadata"]["namespace"] = sample::name_space;
        pod["metadata"]["ownerReferences"] = Json::array(
            {{{"uid", k8s::uid_of(*job)}, {"name", k8s::key_of(*job).name}, {"controller", true}}});
        pod["spec"]["nodeName"] = "node-1";
        pod["status"] = {{"phase", "Running"}};
        if (!recorded) {
            api_.put(k8s::pods, pod);
            run();
            ASSERT_EQ(history().attempts.back().stage, experiment::AttemptStage::Started);
            continue;
        }
        api_.edit(k8s::pods, k8s::key_of(pod), [](Json& edited) {
            edited["metadata"].erase("labels");
            edited["metadata"].erase("ownerReferences"); // the Job controller lets go of it, too
            edited["status"] = {
                {"phase", "Succeeded"},
                {"containerStatuses",
                 Json::array(
                     {{{"name", "train"},
                       {"state", {{"terminated", {{"exitCode", 0}, {"reason", "Completed"}}}}}}})}};
        });
        for (int i = 0; i < 4; ++i) {
            ASSERT_TRUE(reconciler_.reconcile(key_));
        }
    }
    const experiment::AttemptRow& attempt = history().attempts.back();
    EXPECT_EQ(attempt.stage, experiment::AttemptStage::Ended);
    EXPECT_EQ(attempt.failure_class, FailureClass::None) << attempt.reason;
    EXPECT_EQ(attempt.doubts, "LabelsGone,ImageUnread"); // this node says nothing of images
    EXPECT_EQ(attempt.gaps, 2);
}

// Deleted and made again under the same name: the cache still shows the old one.
TEST_F(ReconcilerTest, WritesNoStatusOntoAnotherOfTheSameName) {
    cluster_.frozen = api_.seen(experiments, key_);
    api_.erase(experiments, key_);
    Json other = sample::experiment();
    other["metadata"]["uid"] = "99999999-2222-4333-8444-555555555555";
    other["metadata"]["finalizers"] = Json::array({records::finalizer});
    api_.put(experiments, other);
    Json broken = *cluster_.frozen;
    broken["spec"] = Json::object(); // invalid: the status is written at once
    cluster_.frozen = std::make_shared<const Json>(broken);
    EXPECT_TRUE(reconciler_.reconcile(key_));
    EXPECT_FALSE(api_.seen(experiments, key_)->contains("status"));
}

// PostgreSQL was put back to before it; the cache keeps no spec of what was accepted.
TEST_F(ReconcilerTest, AcceptsAgainWhatTheDatabaseForgot) {
    api_.edit(experiments, key_, [](Json& object) {
        object["status"]["resolved"]["specHash"] = sha256("of before").text();
    });
    Json trimmed = *api_.seen(experiments, key_);
    drop_frozen_spec(trimmed);
    ASSERT_FALSE(trimmed["spec"].contains("command"));
    cluster_.frozen = std::make_shared<const Json>(trimmed);
    ASSERT_TRUE(reconciler_.reconcile(key_)); // the finalizer
    ASSERT_TRUE(reconciler_.reconcile(key_));
    EXPECT_EQ(history().experiment->outcome, experiment::Outcome::None)
        << history().experiment->message;
    EXPECT_NE(history().experiment->spec_json.find("train.py"), std::string::npos);
}

// The first one vanished in spite of its finalizer; its history is closed before the next begins.
TEST_F(ReconcilerTest, ClosesWhatWasLeftOpenBeforeItAcceptsAnotherOfTheSameName) {
    run();
    ASSERT_FALSE(history().experiment->released);
    api_.edit(experiments, key_, [](Json& object) { object["metadata"].erase("finalizers"); });
    api_.erase(experiments, key_);
    const std::string another = "99999999-2222-4333-8444-555555555555";
    Json other = sample::experiment();
    other["metadata"]["uid"] = another;
    api_.put(experiments, other);
    for (int i = 0; i < 100 && !state_.histories().contains(another); ++i) {
        clock_.advance(std::chrono::minutes(1));
        ASSERT_TRUE(reconciler_.reconcile(key_));
        const auto begun = state_.histories().find(another);
        if (begun != state_.histories().end() && begun->second.experiment) {
            EXPECT_TRUE(history().experiment->released);
        }
    }
    ASSERT_TRUE(state_.histories().contains(another));
    EXPECT_TRUE(history().experiment->released);
    run();
    EXPECT_EQ(state_.histories().at(another).attempts.back().stage,
              experiment::AttemptStage::Created);
    EXPECT_EQ(api_.all(k8s::jobs).size(), 1U) << "the first one's Job is gone";
}

// Between the look and the effect somebody else's Job takes the name.
TEST_F(ReconcilerTest, DeletesNoJobThatTookTheNameOfItsOwn) {
    run();
    const k8s::ObjectKey key{sample::name_space, history().attempts.back().job_name};
    bool taken = false;
    api_.fault = [&](FaultPoint point, const std::string& call) {
        if (point == FaultPoint::Before && call == "delete jobs" && !taken) {
            taken = true;
            api_.edit(k8s::jobs, key, [](Json& other) {
                other["metadata"]["uid"] = "of-somebody-else";
                other["metadata"]["annotations"] = Json::object();
                other["metadata"]["ownerReferences"] = Json::array();
            });
        }
        return Status();
    };
    api_.edit(experiments, key_, [](Json& object) { object["spec"]["cancel"] = true; });
    for (int i = 0; i < 30; ++i) {
        static_cast<void>(reconciler_.reconcile(key_));
        answer_one();
    }
    EXPECT_TRUE(taken);
    const k8s::Object other = api_.seen(k8s::jobs, key);
    ASSERT_TRUE(other);
    EXPECT_FALSE(k8s::is_being_deleted(*other));
    // Its finalizer is not ours to take, whatever it is called.
    EXPECT_EQ(at_path(*other, {"metadata", "finalizers"}).size(), 1U);
}

TEST_F(ReconcilerTest, ReleasesNoJobThatTookTheNameOfItsOwn) {
    run();
    const k8s::ObjectKey key{sample::name_space, history().attempts.back().job_name};
    bool taken = false;
    api_.fault = [&](FaultPoint point, const std::string& call) {
        const bool releases = history().attempts.back().stage == experiment::AttemptStage::Told;
        if (point == FaultPoint::Before && call == "get configmaps" && releases && !taken) {
            taken = true;
            Json other = *api_.seen(k8s::jobs, key);
            other["metadata"]["uid"] = "of-somebody-else";
            other["metadata"].erase("ownerReferences"); // or it would be ended as an imitation
            other["metadata"].erase("deletionTimestamp");
            other["metadata"].erase("resourceVersion");
            api_.put(k8s::jobs, other);
        }
        return Status();
    };
    api_.edit(experiments, key_, [](Json& object) { object["spec"]["cancel"] = true; });
    for (int i = 0; i < 30; ++i) {
        static_cast<void>(reconciler_.reconcile(key_));
        answer_one();
    }
    EXPECT_TRUE(taken);
    const k8s::Object other = api_.seen(k8s::jobs, key);
    ASSERT_TRUE(other);
    const Json& finalizers = at_path(*other, {"metadata", "finalizers"});
    EXPECT_TRUE(std::find(finalizers.begin(), finalizers.end(), records::finalizer) !=
                finalizers.end());
}

TEST_F(ReconcilerTest, DeletesAJobTogetherWithItsPod) {
    run();
    const k8s::Object job = api_.all(k8s::jobs).front();
    api_.put(
        k8s::pods,
        {{"metadata",
          {{"namespace", sample::name_space},
           {"name", "pod"},
           {"finalizers", Json::array({"kubelet"})},
           {"ownerReferences", Json::array({{{"uid", k8s::uid_of(*job)}, {"controller", true}}})}}},
         {"status", {{"phase", "Pending"}}}});
    api_.edit(experiments, key_, [](Json& object) { object["spec"]["cancel"] = true; });
    run();
    EXPECT_TRUE(k8s::is_being_deleted(*api_.all(k8s::pods).front()));
}

} // namespace
} // namespace pedigree::control
