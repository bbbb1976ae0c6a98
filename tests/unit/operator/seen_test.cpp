#include "operator/reconcile/seen.h"

#include <memory>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "records/names.h"
#include "tests/fakes/sample.h"

namespace pedigree::control {
namespace {

Json owned_job(const std::string& owner, const std::string& label) {
    return {{"metadata",
             {{"name", "exp-1"},
              {"uid", "job-uid"},
              {"labels", {{records::experiment_label, label}}},
              {"finalizers", Json::array({records::finalizer})},
              {"ownerReferences", Json::array({{{"uid", owner}, {"controller", true}}})}}}};
}

TEST(Seen, OwnsAJobByOwnerAndLabelTogether) {
    EXPECT_TRUE(job_from(owned_job("u", "u"), "u").claims_us);
    EXPECT_FALSE(job_from(owned_job("other", "u"), "u").claims_us);
    EXPECT_FALSE(job_from(Json::object(), "u").claims_us);
    EXPECT_EQ(job_from(owned_job("u", "u"), "u").nonce, "");
    Json made = owned_job("u", "u");
    made["metadata"]["annotations"] = {{records::intent_annotation, "n"}};
    EXPECT_EQ(job_from(made, "u").nonce, "n");
    EXPECT_TRUE(job_from(owned_job("u", "u"), "u").has_finalizer);
}

// JSON may hold a NUL and a cursor's movement; PostgreSQL takes no NUL, a terminal moves.
TEST(Seen, LetsNoTextInThatNobodyCanKeep) {
    const std::string hostile("killed\0\x1b[2J", 11);
    const Json pod{
        {"metadata", {{"uid", "pod-uid"}}},
        {"status",
         {{"phase", "Failed"},
          {"message", hostile},
          {"conditions", Json::array({{{"type", "Ready"}, {"message", hostile}}})},
          {"containerStatuses",
           Json::array(
               {{{"name", "train"},
                 {"state", {{"terminated", {{"exitCode", 1}, {"message", hostile}}}}}}})}}}};
    const experiment::PodSeen seen = pod_from(pod);
    for (const std::string& text :
         {seen.facts.message, seen.facts.train.message, seen.facts.conditions.at(0).message}) {
        EXPECT_EQ(text, "killed\\x00\\x1b[2J");
    }
    Json experiment = sample::experiment();
    experiment["metadata"]["annotations"][records::requested_by_annotation] = hostile;
    EXPECT_EQ(resource_from(experiment).requested_by, "killed\\x00\\x1b[2J");
}

TEST(Seen, ReadsTheEndOfAJob) {
    Json job = owned_job("u", "u");
    job["status"]["conditions"] = Json::array(
        {{{"type", "FailureTarget"}, {"status", "True"}, {"reason", "BackoffLimitExceeded"}}});
    EXPECT_FALSE(job_from(job, "u").finished);
    job["status"]["conditions"].push_back(
        {{"type", "Failed"}, {"status", "True"}, {"reason", "BackoffLimitExceeded"}});
    EXPECT_TRUE(job_from(job, "u").finished);
    EXPECT_EQ(job_from(job, "u").failed_reason, "BackoffLimitExceeded");
}

TEST(Seen, ReadsContainersByName) {
    const Json pod{
        {"metadata", {{"uid", "pod-uid"}, {"deletionTimestamp", "2026-01-01T00:00:00Z"}}},
        {"spec", {{"nodeName", "node-1"}}},
        {"status",
         {{"phase", "Failed"},
          {"initContainerStatuses",
           Json::array({{{"name", "prepare"},
                         {"state", {{"terminated", {{"exitCode", 0}, {"reason", "Completed"}}}}}},
                        {{"name", "recorder"},
                         {"restartCount", 2},
                         {"state", {{"running", {{"startedAt", "2026-01-01T00:00:01Z"}}}}}}})},
          {"containerStatuses",
           Json::array(
               {{{"name", "train"},
                 {"state", {{"terminated", {{"exitCode", 137}, {"reason", "OOMKilled"}}}}}}})}}}};
    const experiment::PodSeen seen = pod_from(pod);
    EXPECT_TRUE(seen.facts.deleting);
    EXPECT_EQ(seen.facts.train.exit_code, 137);
    EXPECT_EQ(seen.facts.train.reason, "OOMKilled");
    EXPECT_TRUE(seen.facts.recorder.running);
    EXPECT_EQ(seen.facts.recorder.restarts, 2);
    EXPECT_EQ(seen.facts.prepare.exit_code, 0);
}

// One odd object must not stop the others.
TEST(Seen, SurvivesObjectsOfAnyShape) {
    const std::vector<Json> odd{
        Json(),
        7,
        "text",
        Json::array({1, "x", nullptr}),
        {{"metadata", "text"}},
        {{"metadata", {{"finalizers", 3}, {"labels", Json::array()}, {"uid", 5}}},
         {"spec", Json::array()},
         {"status",
          {{"conditions", "none"},
           {"containerStatuses", {{"name", "train"}}},
           {"initContainerStatuses", Json::array({7, nullptr, Json::array()})}}}}};
    for (const Json& object : odd) {
        EXPECT_NO_THROW(resource_from(object)) << object.dump();
        EXPECT_NO_THROW(job_from(object, "u")) << object.dump();
        EXPECT_NO_THROW(pod_from(object)) << object.dump();
        EXPECT_EQ(gpu_holders({std::make_shared<const Json>(object)}), "") << object.dump();
    }
}

Json gpu_pod(const std::string& experiment, const std::string& phase, const std::string& node) {
    return {
        {"metadata",
         {{"namespace", "vision"}, {"labels", {{records::experiment_name_label, experiment}}}}},
        {"spec",
         {{"nodeName", node},
          {"containers", Json::array({{{"resources", {{"limits", {{"nvidia.com/gpu", "2"}}}}}}})}}},
        {"status", {{"phase", phase}}}};
}

TEST(Seen, NamesWhoHoldsTheGpus) {
    const auto pod = [](const Json& json) { return std::make_shared<const Json>(json); };
    EXPECT_EQ(gpu_holders({pod(gpu_pod("resnet-7", "Running", "n")),
                           pod(gpu_pod("done-1", "Succeeded", "n")),
                           pod(gpu_pod("waits-1", "Pending", ""))}),
              "2 in use by vision/resnet-7");
}

} // namespace
} // namespace pedigree::control
