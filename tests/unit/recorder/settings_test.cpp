// Which configuration a pod's programs take: the operator's, byte for byte.

#include "recorder/settings.h"

#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/digest.h"
#include "recorder/prepare.h"
#include "tests/fakes/scratch.h"

namespace pedigree::recorder {
namespace {

class SettingsTest : public testing::Test {
  protected:
    SettingsTest() {
        ::setenv("PEDIGREE_POD_UID", "the-uid", 1);
        records::pod::PodConfig config;
        config.experiment_uid = "experiment";
        config.artifact_store = {.endpoint = "http://s"};
        config.mlflow = records::pod::PodMlflow{
            .url = "http://m",
            .tags = {{"pedigree.attempt", records::pod::pod_uid_reference},
                     {"note", std::string("not ") + records::pod::pod_uid_reference}}};
        text_ = canonical_json(records::pod::to_json(config));
        source_.root = scratch_.path().string();
        source_.configuration_digest = sha256(text_).text();
    }
    Result<Settings> read() const { return read_settings(source_); }

    Scratch scratch_;
    std::string text_;
    SettingsSource source_;
};

TEST_F(SettingsTest, AreTheOperators) {
    scratch_.write("configuration/pod.json", text_);
    const auto settings = read();
    ASSERT_TRUE(settings) << settings.error().message;
    EXPECT_EQ(settings->config.experiment_uid, "experiment");
    EXPECT_EQ(settings->config.mlflow->tags.at("pedigree.attempt"), "the-uid");
    EXPECT_EQ(settings->config.mlflow->tags.at("note"), "not $(PEDIGREE_POD_UID)");
}

TEST_F(SettingsTest, AreNotWhatSomebodyPutIntoTheirPlace) {
    scratch_.write("configuration/pod.json", text_ + " ");
    const auto settings = read();
    ASSERT_FALSE(settings);
    EXPECT_THAT(settings.error().message,
                testing::HasSubstr("was made for " + source_.configuration_digest));
    const auto shown = preparation_failure(settings.error());
    EXPECT_EQ(shown.reason, "ConfigurationDiffers");
    EXPECT_EQ(shown.failure_class, FailureClass::Configuration);
}

TEST_F(SettingsTest, SayWhatIsMissing) {
    EXPECT_FALSE(read()); // no file
    scratch_.write("configuration/pod.json", text_);
    source_.configuration_digest.clear();
    EXPECT_FALSE(read());
    source_.configuration_digest = sha256(text_).text();
    ::unsetenv("PEDIGREE_POD_UID");
    const auto settings = read();
    ASSERT_FALSE(settings);
    EXPECT_THAT(settings.error().message, testing::HasSubstr("PEDIGREE_POD_UID"));
}

} // namespace
} // namespace pedigree::recorder
