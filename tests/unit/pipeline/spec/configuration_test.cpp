#include "pipeline/spec/configuration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace pedigree::spec {
namespace {

using testing::HasSubstr;

Json document() {
    return {
        {"defaults",
         {{"registry", {{"host", "registry.example.com"}, {"prefix", "pedigree"}}},
          {"indexUrl", "https://index.example.com/simple/"},
          {"artifactStore",
           {{"endpoint", "http://minio:9000"}, {"bucket", "pedigree"}, {"secretName", "store"}}},
          {"podImage", "registry.example.com/pedigree@sha256:" + std::string(64, '0')}}},
        {"namespaces",
         {{"vision", {{"mlflow", {{"url", "https://mlflow.example.com"}, {"secretName", "ml"}}}}},
          {"audio", {{"registry", {{"prefix", "audio"}}}}}}}};
}

TEST(Configuration, LaysANamespaceOverTheDefaults) {
    const auto configuration = Configuration::parse(document());
    ASSERT_TRUE(configuration) << configuration.error().message;
    EXPECT_EQ(configuration->effective("audio").registry.prefix, "audio");
    EXPECT_EQ(configuration->effective("audio").registry.host, "registry.example.com");
    EXPECT_EQ(configuration->effective("vision").mlflow->secret_name, "ml");
    EXPECT_FALSE(configuration->effective("other").mlflow);
    EXPECT_EQ(configuration->effective("other").keep_finished_pods_seconds, 3600);
}

TEST(Configuration, ARegistryMayHaveAnotherNameForTheNodes) {
    Json two_names = document();
    const std::string pushed = "registry.example.com/pedigree/vision@sha256:0";
    EXPECT_EQ(Configuration::parse(two_names)->effective("vision").registry.as_pulled(pushed),
              pushed);
    two_names["defaults"]["registry"]["pullHost"] = "localhost:30500";
    const auto configuration = Configuration::parse(two_names);
    ASSERT_TRUE(configuration) << configuration.error().message;
    const PlatformRegistry& registry = configuration->effective("vision").registry;
    EXPECT_EQ(registry.as_pulled(pushed), "localhost:30500/pedigree/vision@sha256:0");
    for (const char* other :
         {"registry.example.com.evil.example/x@sha256:0", "docker.io/x@sha256:0"}) {
        EXPECT_EQ(registry.as_pulled(other), other);
    }
}

struct Broken {
    std::string pointer;
    Json value;
    std::string message;
};

TEST(Configuration, NamesTheFieldThatIsWrong) {
    const std::vector<Broken> examples = {
        {"/defaults/registry/host", "", "defaults.registry.host: Required value"},
        {"/defaults/registry/host", "https://registry.example.com", "host: must be a host"},
        {"/defaults/registry/pullHost", "nodes.example.com/x", "registry.pullHost: must be a host"},
        {"/defaults/registry/hots", "x", "defaults.registry: unknown field \"hots\""},
        {"/defaults/registry/plainHttp", "yes",
         "defaults.registry.plainHttp: must be true or false"},
        {"/defaults/indexUrl", "ftp://x/", "defaults.indexUrl: must be an http:// or https:// URL"},
        {"/defaults/indexUrl", "https://u:p@x/", "without user information"},
        {"/defaults/podImage", "registry.example.com/pedigree:latest", "defaults.podImage: image"},
        {"/defaults/podImageDigests", Json::array({"sha256:x"}), "podImageDigests: each must be"},
        {"/defaults/egress", {{"allowedNetworks", "10.0.0.0/8"}}, "must be a list of strings"},
        {"/defaults/keepFinishedPodsSeconds", -1, "must not be negative"},
        {"/namespaces/audio/artifactStore",
         {{"bucket", ""}},
         "namespaces.audio.artifactStore.bucket: Required value"},
        {"/default", Json::object(), "unknown field \"default\""},
    };
    for (const auto& example : examples) {
        Json broken = document();
        broken[Json::json_pointer(example.pointer)] = example.value;
        const auto refused = Configuration::parse(broken);
        ASSERT_FALSE(refused) << example.pointer;
        EXPECT_THAT(refused.error().message, HasSubstr(example.message));
    }
}

class EffectiveSpec : public testing::Test {
  protected:
    const Configuration configuration_ = Configuration::parse(document()).value();
    const Platform& with_server_ = configuration_.effective("vision");
    const Platform& without_server_ = configuration_.effective("other");
    ExperimentSpec spec_ = [] {
        ExperimentSpec spec;
        spec.project = "mnist";
        return spec;
    }();
};

TEST_F(EffectiveSpec, TakesThePlatformsTracker) {
    EXPECT_FALSE(effective_spec(spec_, without_server_)->mlflow);
    const auto effective = effective_spec(spec_, with_server_);
    EXPECT_EQ(effective->mlflow->url, "https://mlflow.example.com");
    EXPECT_EQ(effective->mlflow->secret_name, "ml");
    EXPECT_EQ(effective->mlflow->experiment_name, "mnist");
}

TEST_F(EffectiveSpec, CompletesATrackerThatIsNamedInPart) {
    spec_.mlflow = MlflowSpec{"", "own-name", ""};
    EXPECT_EQ(effective_spec(spec_, with_server_)->mlflow->url, "https://mlflow.example.com");
    EXPECT_EQ(effective_spec(spec_, with_server_)->mlflow->experiment_name, "own-name");
    const auto refused = effective_spec(spec_, without_server_);
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, HasSubstr("spec.trackers.mlflow.url: Required value"));
}

// The credentials for one server must not reach another.
TEST_F(EffectiveSpec, KeepsThePlatformsSecretFromOtherServers) {
    spec_.mlflow = MlflowSpec{"https://elsewhere.example.com", "", ""};
    EXPECT_EQ(effective_spec(spec_, with_server_)->mlflow->secret_name, "");
}

} // namespace
} // namespace pedigree::spec
