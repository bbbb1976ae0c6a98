#include "records/pod/config.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/digest.h"

namespace pedigree::records::pod {
namespace {

PodConfig full_config() {
    PodConfig config;
    config.experiment_uid = "0b5e";
    config.experiment_name = "mnist-1";
    config.name_space = "vision";
    config.project = "mnist";
    config.trial = 2;
    config.attempt = 3;
    config.operator_url = "https://operator:8444";
    config.operator_ca_pem = "PEM";
    config.ca_pem = "MORE";
    config.artifact_store = {"http://minio:9000", "eu-1", "pedigree", "a/", "/credentials/store"};
    config.input_prefix = "namespaces/vision/";
    config.inputs.push_back({"mnist", "Dataset", "Train", "2024", "s3://datasets/mnist.npz",
                             sha256("mnist").text(), "/credentials/data", "/inputs/mnist"});
    config.mlflow = PodMlflow{"http://mlflow:5000",
                              "7",
                              "tf",
                              "run",
                              "/credentials/mlflow",
                              {{"pedigree.experiment", "0b5e"}}};
    config.outputs.push_back({"model", "outputs/model", "Model"});
    config.objective_metric = "val_loss";
    config.parameters_json = R"({"a":1})";
    config.prepare_seconds = 1;
    config.train_seconds = 2;
    config.stop_seconds = 3;
    config.drain_seconds = 4;
    config.log_bytes_max = 5;
    return config;
}

TEST(PodConfig, every_field_survives_the_way_through_json) {
    const Json document = to_json(full_config());
    const auto again = pod_config_from(document);
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(to_json(*again), document);
    EXPECT_EQ(again->inputs.at(0).directory, "/inputs/mnist");
    EXPECT_EQ(again->mlflow->tags.at("pedigree.experiment"), "0b5e");
    EXPECT_EQ(again->input_prefix, "namespaces/vision/");
    EXPECT_EQ(again->objective_metric, "val_loss");
    EXPECT_EQ(again->log_bytes_max, 5);
}

TEST(PodConfig, absent_optional_fields_keep_their_defaults) {
    const auto config = pod_config_from(
        {{"experimentUid", "u"}, {"artifactStore", {{"endpoint", "http://s"}, {"bucket", "b"}}}});
    ASSERT_TRUE(config) << config.error().message;
    EXPECT_EQ(config->artifact_store.region, "us-east-1");
    EXPECT_EQ(config->drain_seconds, 300);
    EXPECT_FALSE(config->mlflow);
    EXPECT_EQ(config->objective_metric, "");
}

TEST(PodConfig, an_error_names_the_field_and_its_place) {
    Json document = to_json(full_config());
    document["inputs"][0]["uri"] = 5;
    const auto config = pod_config_from(document);
    ASSERT_FALSE(config);
    EXPECT_EQ(config.error().code, ErrorCode::InvalidInput);
    EXPECT_NE(config.error().message.find("inputs[0].uri"), std::string::npos);
}

} // namespace
} // namespace pedigree::records::pod
