// What the worker is told, where nothing else would notice that it is not.
#include "operator/activity/input.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "experiment/activity.h"
#include "operator/auxiliary/wheel_build.h"
#include "records/names.h"
#include "tests/fakes/fake_api.h"
#include "tests/fakes/fake_build_memory.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_history.h"
#include "tests/fakes/sample.h"
#include "tests/fakes/scratch.h"

namespace pedigree::control {
namespace {

class Input : public testing::Test {
  protected:
    Input() {
        for (const Json& secret : sample::secrets()) {
            api_.put(k8s::secrets, secret);
        }
        mounted_.write("username", "pusher");
        mounted_.write("password", "push-password");
    }

    records::work::BuildImageInput build_input(const Json& spec) {
        experiment::Change change;
        change.experiment = experiment::ExperimentRow{};
        change.experiment->uid = sample::experiment_uid;
        change.experiment->name_space = sample::name_space;
        change.experiment->name = sample::name;
        change.experiment->lock_digest = "sha256:lock";
        change.experiment->spec_json = canonical_json(spec);
        change.wanted = {experiment::build_activity};
        EXPECT_TRUE(state_.commit(sample::experiment_uid, change, {}, clock_.now()));
        const auto order = build_order("");
        EXPECT_TRUE(order) << order.error().message;
        return *records::work::build_image_input_from(*order->input);
    }

    // `outcome`: of the worker's first look, or empty.
    Result<ActivityOrder> build_order(const std::string& outcome) {
        experiment::ActivityRow row;
        row.key = experiment::build_activity;
        row.outcome_json = outcome;
        EXPECT_TRUE(state_.finish_activity(sample::experiment_uid, row));
        return inputs_.make({sample::experiment_uid, sample::name_space, sample::name, row});
    }

    // The names of the Jobs for so many source distributions that have no wheel.
    Result<std::vector<std::string>> jobs_for(std::size_t count) {
        records::work::BuildImageOutcome asked;
        asked.base_inventory = "{}";
        for (std::size_t i = 0; i < count; ++i) {
            const std::string name = "source" + std::to_string(i);
            asked.unbuilt.push_back({name, "1.0", name + "-1.0.tar.gz", sha256(name),
                                     "https://index.example.com/" + name + "-1.0.tar.gz"});
        }
        TRY(const ActivityOrder order, build_order(canonical_json(to_json(asked))));
        std::vector<std::string> built;
        for (const AuxiliaryDemand& job : order.jobs) {
            built.push_back(job.builds);
        }
        return built;
    }

    FakeClock clock_;
    FakeApi api_{clock_};
    FakeHistory state_;
    FakeBuildMemory memory_;
    const Scratch mounted_;
    const spec::Configuration configuration_ = sample::configuration();
    const InputMaker inputs_{{.histories = state_,
                              .memory = memory_,
                              .api = api_,
                              .configuration = configuration_,
                              .credentials = {.registry_directory = mounted_.path().string()}}};
};

TEST_F(Input, HasTheFormOfTheLayersAndThePlanOfThatForm) {
    Json spec = sample::experiment()["spec"];
    const auto plain = build_input(spec);
    EXPECT_EQ(plain.layer_form, "Gzip");
    const std::string repository = plain.push.host + "/" + plain.push.repository;
    ASSERT_TRUE(
        memory_.remember_wheel_plan({repository, plain.base, "sha256:lock", "Gzip"}, "one"));
    EXPECT_EQ(build_input(spec).wheel_plan, "one");

    spec["image"]["layers"] = "Estargz";
    EXPECT_EQ(build_input(spec).layer_form, "Estargz");
    EXPECT_EQ(build_input(spec).wheel_plan, "");
}

TEST_F(Input, SaysWhichHostsMaySeeTheSecretWhereSubmodulesAreFetched) {
    Json spec = sample::experiment()["spec"];
    const auto refusing = build_input(spec);
    EXPECT_FALSE(refusing.git.submodules);
    EXPECT_EQ(refusing.git.secret_hosts, "");

    spec["source"]["git"]["submodules"] = "Pinned";
    const auto pinned = build_input(spec);
    EXPECT_TRUE(pinned.git.submodules);
    EXPECT_EQ(pinned.git.secret_hosts, "git.example.com");
    ASSERT_TRUE(pinned.git.credential);
    EXPECT_EQ(pinned.git.credential->username, "vision");
}

// After the database was put back: the ref may name another by now.
TEST_F(Input, AsksForTheCommitThatTheStatusNamed) {
    const auto asked = [&](const std::string& told) {
        experiment::Change change;
        change.experiment = experiment::ExperimentRow{};
        change.experiment->uid = sample::experiment_uid;
        change.experiment->name_space = sample::name_space;
        change.experiment->name = sample::name;
        change.experiment->spec_json = canonical_json(sample::experiment()["spec"]);
        change.experiment->told_commit = told;
        EXPECT_TRUE(state_.commit(sample::experiment_uid, change, {}, clock_.now()));
        experiment::ActivityRow row;
        row.key = experiment::resolve_activity;
        const auto order =
            inputs_.make({sample::experiment_uid, sample::name_space, sample::name, row});
        EXPECT_TRUE(order) << order.error().message;
        return at_path(*order->input, {"git"});
    };
    EXPECT_EQ(string_or(asked(""), "ref"), "main");
    const Json pinned = asked(sample::commit);
    EXPECT_EQ(string_or(pinned, "ref"), "");
    EXPECT_EQ(string_or(pinned, "commit"), sample::commit);
}

// With its namespace the Secret goes first, the Experiment last.
TEST_F(Input, TellsTheTrackerTheEndThoughTheSecretIsGone) {
    build_input(sample::experiment()["spec"]);
    const auto order = [&](const experiment::ActivityKey& key) {
        experiment::ActivityRow row;
        row.key = key;
        return inputs_.make({sample::experiment_uid, sample::name_space, sample::name, row});
    };
    api_.erase(k8s::secrets, {sample::name_space, "mlflow"});
    EXPECT_FALSE(order(experiment::close_activity(0))); // never seen
    for (const Json& secret : sample::secrets()) {
        if (k8s::key_of(secret).name == "mlflow") {
            api_.put(k8s::secrets, secret);
        }
    }
    const auto opened = order(experiment::open_activity(0));
    ASSERT_TRUE(opened) << opened.error().message;
    api_.erase(k8s::secrets, {sample::name_space, "mlflow"});
    EXPECT_FALSE(order(experiment::open_activity(0)));
    const auto closed = order(experiment::close_activity(0));
    ASSERT_TRUE(closed) << closed.error().message;
    EXPECT_EQ(at_path(*closed->input, {"target"}), at_path(*opened->input, {"target"}));
}

TEST_F(Input, AKnownWheelIsNotBuiltAgain) {
    const auto input = build_input(sample::experiment()["spec"]);
    EXPECT_EQ(*jobs_for(2),
              (std::vector{sample::digest_of("source0"), sample::digest_of("source1")}));
    ASSERT_TRUE(memory_.remember_derived_wheels(
        {input.push.host + "/" + input.push.repository, input.base, wheel_recipe},
        {{sample::digest_of("source0"),
          {"source0-1.0-py3-none-any.whl", sha256("wheel"), 9, ""}}}));
    EXPECT_EQ(*jobs_for(2), std::vector{sample::digest_of("source1")});
}

TEST_F(Input, MoreSourceDistributionsThanMayBeBuiltAreRefused) {
    build_input(sample::experiment()["spec"]);
    EXPECT_EQ(jobs_for(unbuilt_wheels_max)->size(), unbuilt_wheels_max);
    const auto refused = jobs_for(unbuilt_wheels_max + 1);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, "SdistRefused");
}

} // namespace
} // namespace pedigree::control
