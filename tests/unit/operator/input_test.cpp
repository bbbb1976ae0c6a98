// What the worker is told, where nothing else would notice that it is not.
#include "operator/activity/input.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "operator/names.h"
#include "tests/fakes/fake_api.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_state.h"
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
        Change change;
        change.experiment = ExperimentRow{};
        change.experiment->uid = sample::experiment_uid;
        change.experiment->name_space = sample::name_space;
        change.experiment->name = sample::name;
        change.experiment->lock_digest = "sha256:lock";
        change.experiment->spec_json = canonical_json(spec);
        EXPECT_TRUE(state_.commit(sample::experiment_uid, change, {}, clock_.now()));
        ActivityRow row;
        row.key = build_activity;
        const auto order =
            inputs_.make({sample::experiment_uid, sample::name_space, sample::name, row});
        EXPECT_TRUE(order) << order.error().message;
        return *records::work::build_image_input_from(*order->input);
    }

    FakeClock clock_;
    FakeApi api_{clock_};
    FakeState state_;
    const Scratch mounted_;
    const spec::Configuration configuration_ = sample::configuration();
    const InputMaker inputs_{
        state_, api_, configuration_, {.registry_directory = mounted_.path().string()}};
};

TEST_F(Input, HasTheFormOfTheLayersAndThePlanOfThatForm) {
    Json spec = sample::experiment()["spec"];
    const auto plain = build_input(spec);
    EXPECT_EQ(plain.layer_form, "Gzip");
    const std::string repository = plain.push.host + "/" + plain.push.repository;
    ASSERT_TRUE(state_.remember_wheel_plan({repository, plain.base, "sha256:lock", "Gzip"}, "one"));
    EXPECT_EQ(build_input(spec).wheel_plan, "one");

    spec["image"]["layers"] = "Estargz";
    EXPECT_EQ(build_input(spec).layer_form, "Estargz");
    EXPECT_EQ(build_input(spec).wheel_plan, "");
}

} // namespace
} // namespace pedigree::control
