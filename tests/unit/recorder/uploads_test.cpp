#include "recorder/uploads.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "artifacts/manifest.h"

namespace pedigree::recorder {
namespace {

const records::pod::ObservedArtifact& named(const std::vector<records::pod::ObservedArtifact>& all,
                                            const std::string& name) {
    for (const auto& artifact : all) {
        if (artifact.name == name) {
            return artifact;
        }
    }
    throw std::runtime_error("no artifact " + name);
}

TEST(Uploads, become_models_checkpoints_and_artifacts) {
    Observations seen;
    SeenRun run;
    run.run.run_id = "r";
    run.artifact_root = "1/r/artifacts";
    seen.apply(run_note(run));
    seen.apply(model_note("m-1", {"keras", "r", "1/models/m-1/artifacts"}));
    const auto upload = [&](const std::string& path) {
        seen.apply(upload_note(path, {sha256(path).text(), 1}));
    };
    upload("1/r/artifacts/model/MLmodel");
    upload("1/r/artifacts/model/data/weights");
    upload("1/r/artifacts/checkpoints/latest_checkpoint.h5");
    upload("1/r/artifacts/model_summary.txt");
    upload("1/r/artifacts/tensorboard_logs/train/a");
    upload("1/models/m-1/artifacts/MLmodel");
    upload("1/other/artifacts/x");

    const auto artifacts = uploaded_artifacts(seen);
    ASSERT_EQ(artifacts.size(), 5u);
    const auto& model = named(artifacts, "model");
    EXPECT_EQ(model.kind, "Model");
    EXPECT_EQ(model.run_id, "r");
    EXPECT_EQ(model.location, "mlflow-artifacts:/1/r/artifacts/model");
    const auto manifest =
        artifacts::make_manifest({{"MLmodel", sha256("1/r/artifacts/model/MLmodel"), 1},
                                  {"data/weights", sha256("1/r/artifacts/model/data/weights"), 1}});
    EXPECT_EQ(model.digest, manifest->digest().text());
    EXPECT_EQ(named(artifacts, "checkpoints").kind, "Checkpoint");
    const auto& single = named(artifacts, "model_summary.txt");
    EXPECT_EQ(single.kind, "Artifact");
    EXPECT_EQ(single.digest, sha256("1/r/artifacts/model_summary.txt").text());
    const auto& logged = named(artifacts, "keras");
    EXPECT_EQ(logged.kind, "Model");
    EXPECT_EQ(logged.run_id, "m-1");
}

} // namespace
} // namespace pedigree::recorder
