#pragma once
// A Reconciler over the fakes, for what the pure tests cannot see: gather and act. The cache shows
// what the API server holds, unless a test hides a kind; activities are answered by run().

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/digest.h"
#include "base/log.h"
#include "experiment/activity.h"
#include "operator/reconcile/admission.h"
#include "operator/reconcile/reconciler.h"
#include "operator/reconcile/seen.h"
#include "records/names.h"
#include "store/connection.h"
#include "tests/fakes/fake_api.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_history.h"
#include "tests/fakes/sample.h"

namespace pedigree::control {

// A cache that shows what the API server holds, unless it is told to hide a kind.
struct MirrorCluster final : Cluster {
    explicit MirrorCluster(const FakeApi& source) : api(source) {}

    k8s::Object experiment(const k8s::ObjectKey& key) const override {
        return frozen ? frozen : api.seen(experiments, key);
    }
    std::vector<k8s::Object> jobs_of(const std::string& uid) const override {
        auto jobs = hide_jobs ? std::vector<k8s::Object>() : api.all(k8s::jobs);
        std::erase_if(jobs, [&](const k8s::Object& job) {
            return k8s::controller_uid_of(*job) != uid ||
                   k8s::label_of(*job, records::managed_by_label).empty();
        });
        return jobs;
    }
    std::vector<k8s::Object> jobs_named(const k8s::ObjectKey& experiment) const override {
        auto jobs = api.all(k8s::jobs);
        std::erase_if(jobs, [&](const k8s::Object& job) {
            return k8s::key_of(*job).name_space != experiment.name_space ||
                   k8s::label_of(*job, records::experiment_name_label) != experiment.name;
        });
        return jobs;
    }
    std::vector<k8s::Object> pods_of(const std::string& job_uid) const override {
        auto pods = all_pods();
        std::erase_if(pods, [&](const k8s::Object& pod) {
            return k8s::controller_uid_of(*pod) != job_uid ||
                   k8s::label_of(*pod, records::managed_by_label).empty();
        });
        return pods;
    }
    std::vector<k8s::Object> left_pods_of(const std::string& uid) const override {
        auto pods = all_pods();
        std::erase_if(pods, [&](const k8s::Object& pod) {
            return k8s::label_of(*pod, records::experiment_label) != uid ||
                   !k8s::controller_uid_of(*pod).empty();
        });
        return pods;
    }
    std::vector<k8s::Object> all_pods() const override {
        return hide_pods ? std::vector<k8s::Object>() : api.all(k8s::pods);
    }

    const FakeApi& api;
    k8s::Object frozen;
    bool hide_jobs = false, hide_pods = false;
};

class ReconcilerTest : public testing::Test {
  protected:
    ReconcilerTest() {
        set_log_level(LogLevel::Error);
        api_.put(admission_policies, sample::objects_policy());
        api_.put(admission_bindings, sample::objects_policy_binding());
        for (const Json& secret : sample::secrets()) {
            api_.put(k8s::secrets, secret);
        }
        api_.put(experiments, sample::experiment());
    }

    // Reconciles, answering activities, until nothing changes any more.
    void run() {
        for (int i = 0; i < 100; ++i) {
            const auto result = reconciler_.reconcile(key_);
            ASSERT_TRUE(result) << result.error().message;
            if (!result->requeue && !answer_one()) {
                return;
            }
        }
        FAIL() << "no end";
    }
    bool answer_one() {
        if (begun_.empty()) {
            return false;
        }
        const PendingActivity activity = begun_.back();
        begun_.clear();
        experiment::ActivityRow row = activity.row;
        row.state = experiment::ActivityState::Succeeded;
        row.outcome_json = canonical_json(outcome_of(row.key));
        EXPECT_TRUE(state_.finish_activity(activity.experiment_uid, row));
        return true;
    }
    static Json outcome_of(const experiment::ActivityKey& key) {
        return key == experiment::resolve_activity ? records::work::to_json(sample::resolved())
               : key == experiment::build_activity ? records::work::to_json(sample::built())
                                                   : records::work::to_json(sample::opened());
    }
    // Of another process, too.
    Dependencies dependencies() {
        return {.api = api_,
                .cluster = cluster_,
                .state = state_,
                .clock = clock_,
                .configuration = configuration_,
                .build = "test",
                .begin_activity = [this](const PendingActivity& activity) {
                    begun_.push_back(activity);
                }};
    }
    const experiment::History& history() const {
        return state_.histories().at(sample::experiment_uid);
    }

    FakeClock clock_;
    FakeApi api_{clock_};
    FakeHistory state_;
    MirrorCluster cluster_{api_};
    const spec::Configuration configuration_ = sample::configuration();
    std::vector<PendingActivity> begun_;
    Reconciler reconciler_{dependencies()};
    const k8s::ObjectKey key_{sample::name_space, sample::name};
};

} // namespace pedigree::control
