#include "pipeline/spec/parse.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "pipeline/spec/canonical.h"
#include "pipeline/spec/schema.h"

namespace pedigree::spec {
namespace {

using testing::HasSubstr;

const std::string zeros(64, '0');

Json minimal() {
    return {{"project", "mnist"},
            {"source",
             {{"git", {{"url", "https://git.example.com/vision/mnist.git"}, {"ref", "main"}}}}},
            {"image", {{"base", "registry.example.com/tensorflow:2.13.0@sha256:" + zeros}}},
            {"command", {"python", "train.py"}}};
}

TEST(Parse, FillsInTheDefaultsOfTheSchema) {
    const auto spec = parse(minimal());
    ASSERT_TRUE(spec) << spec.error().message;
    EXPECT_EQ(spec->source.subdirectory, ".");
    EXPECT_EQ(spec->resources.memory, "2Gi");
    EXPECT_EQ(spec->retries.infrastructure, 10);
    EXPECT_EQ(spec->deadlines.train_seconds, 86400);
    EXPECT_TRUE(spec->parameters_as.file);
    EXPECT_FALSE(spec->seed);
    EXPECT_FALSE(spec->mlflow);
}

// The struct's own defaults are those of the schema: code that builds a spec by hand gets the same.
TEST(Parse, AgreesWithTheStructsDefaults) {
    const auto spec = parse(minimal());
    ASSERT_TRUE(spec);
    ExperimentSpec by_hand;
    by_hand.project = "mnist";
    by_hand.source.git.url = "https://git.example.com/vision/mnist.git";
    by_hand.source.git.ref = "main";
    by_hand.image.base = spec->image.base;
    by_hand.command = {"python", "train.py"};
    EXPECT_EQ(to_canonical_json(by_hand), to_canonical_json(*spec));
}

TEST(Parse, NamesAllErrorsAtOnce) {
    Json spec = minimal();
    spec["image"]["base"] = "tensorflow:latest";
    spec["resources"]["memory"] = "8GB";
    spec["learning_rat"] = 1;
    spec.erase("command");
    const auto refused = parse(spec);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, "InvalidSpec");
    EXPECT_THAT(refused.error().message, HasSubstr("spec.command: Required value"));
    EXPECT_THAT(refused.error().message, HasSubstr("mutable tag"));
    EXPECT_THAT(refused.error().message, HasSubstr("(E0160)"));
    EXPECT_THAT(refused.error().message, HasSubstr("unknown field \"spec.learning_rat\""));
}

// What the pod is told has to fit a ConfigMap (E0115): right below, at and above.
TEST(Parse, BoundsTheParametersTogether) {
    const auto parameters = [](std::size_t bytes) {
        std::string long_text;
        for (int i = 0; i < 4096; ++i) {
            long_text += "\u00e9"; // seven bytes each
        }
        Json all = Json::object();
        for (int i = 0; i < 24; ++i) {
            all["p" + std::to_string(i)] = long_text;
        }
        const auto size = [&] { return canonical_json(Json(canonical_json(all))).size(); };
        for (int i = 0; size() + 100 < bytes; ++i) {
            all["q" + std::to_string(i)] =
                std::string(std::min<std::size_t>(4000, bytes - size() - 50), 'x');
        }
        all["rest"] = "";
        all["rest"] = std::string(bytes - size(), 'x');
        EXPECT_EQ(size(), bytes);
        return all;
    };
    for (const std::size_t bytes : {699'999, 700'000, 700'001}) {
        Json spec = minimal();
        spec["parameters"] = parameters(bytes);
        const auto errors = validate_spec(spec);
        EXPECT_EQ(errors.empty(), bytes <= 700'000) << bytes;
        if (!errors.empty()) {
            EXPECT_EQ(errors.front().code, "E0115");
            EXPECT_THAT(to_text(errors), HasSubstr("700001 bytes"));
        }
    }
}

// E0116: whatever a trial may get.
TEST(Parse, ASwitchIsABooleanInASearch) {
    const auto errors_with = [](const Json& item) {
        Json spec = minimal();
        spec["parametersAs"] = {{"arguments", {{"augment", "--augment?"}}}};
        spec["search"] = {{"objective", {{"metric", "loss"}, {"goal", "Minimize"}}},
                          {"maxTrials", 2},
                          {"space", Json::array({item})}};
        std::string codes;
        for (const auto& error : validate_spec(spec)) {
            codes += error.code + " ";
        }
        return codes;
    };
    const auto with = [&](Json item) {
        item["name"] = "augment";
        return errors_with(item);
    };
    EXPECT_EQ(with({{"type", "Categorical"}, {"values", {true, false}}}), "");
    EXPECT_EQ(with({{"type", "Constant"}, {"value", true}}), "");
    EXPECT_EQ(with({{"type", "Categorical"}, {"values", {true, "maybe"}}}), "E0116 ");
    EXPECT_EQ(with({{"type", "Constant"}, {"value", "true"}}), "E0116 ");
    EXPECT_EQ(with({{"type", "Float"}, {"min", 0}, {"max", 1}}), "E0116 ");
}

TEST(Parse, NeverEchoesUserInformation) {
    Json spec = minimal();
    spec["source"]["git"]["url"] = "http://anna:canary@git.example.com/x.git";
    const auto refused = parse(spec);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message.find("canary"), std::string::npos) << refused.error().message;
}

TEST(Canonical, ReadsBackAsItself) {
    Json document = minimal();
    document["parameters"] = {
        {"train.rate", 0.001}, {"train.size", 64.0}, {"flag", true}, {"n", "x"}};
    document["parametersAs"] = {{"arguments", {{"train.size", "--size"}}}};
    document["inputs"] = {
        {{"name", "mnist"}, {"uri", "s3://datasets/mnist.npz"}, {"digest", "sha256:" + zeros}}};
    document["trackers"]["mlflow"]["url"] = "http://mlflow-server:5000";
    document["outputs"] = {{{"name", "model"}, {"path", "outputs/model"}}};
    document["seed"] = 7;
    const auto spec = parse(document);
    ASSERT_TRUE(spec) << spec.error().message;
    EXPECT_EQ(spec->inputs[0].mount_path, "/inputs/mnist");
    const auto again = parse(to_canonical_json(*spec));
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(spec_hash(*spec), spec_hash(*again));
}

TEST(SpecHash, IgnoresSuspendAndTheWayANumberIsWritten) {
    Json document = minimal();
    document["parameters"] = {{"a", 1}};
    Json same = document;
    same["parameters"] = {{"a", 1.0}};
    same["suspend"] = true;
    same["resources"] = {{"memory", "2Gi"}}; // the default, written out
    Json other = document;
    other["parameters"] = {{"a", 2}};
    EXPECT_EQ(spec_hash(*parse(document)), spec_hash(*parse(same)));
    EXPECT_NE(spec_hash(*parse(document)), spec_hash(*parse(other)));
}

TEST(SpecHash, KnowsThePolicyOfSubmodulesAndHasNoneForTheDefault) {
    Json refuse = minimal(), pinned = minimal();
    refuse["source"]["git"]["submodules"] = "Refuse";
    pinned["source"]["git"]["submodules"] = "Pinned";
    EXPECT_EQ(spec_hash(*parse(refuse)), spec_hash(*parse(minimal())));
    EXPECT_NE(spec_hash(*parse(pinned)), spec_hash(*parse(minimal())));
    EXPECT_EQ(parse(to_canonical_json(*parse(pinned)))->source.git.submodules, Submodules::Pinned);
    EXPECT_FALSE(to_canonical_json(*parse(refuse))["source"]["git"].contains("submodules"))
        << "Experiments of before the field keep their hash";
}

TEST(ValidateUpdate, LetsOnlySuspendAndCancelChange) {
    const Json before = minimal();
    Json after = before;
    after["suspend"] = true;
    after["cancel"] = true;
    EXPECT_TRUE(validate_update(before, after).empty());
    EXPECT_EQ(validate_update(after, before).at(0).code, "E0170");
    after["seed"] = 1;
    EXPECT_EQ(validate_update(before, after).at(0).path, "spec.seed");
}

} // namespace
} // namespace pedigree::spec
