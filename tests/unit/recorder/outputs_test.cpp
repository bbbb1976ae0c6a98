#include "recorder/outputs.h"

#include <gtest/gtest.h>

#include "artifacts/manifest.h"
#include "tests/fakes/scratch.h"
#include "tests/unit/recorder/fakes.h"

namespace pedigree::recorder {
namespace {

struct Bench {
    Bench()
        : http([](const FakeHttp::Asked&) -> Result<net::Response> {
              return net::Response{200, {}, ""};
          }),
          store(http, {.endpoint = "http://s", .credentials = {"k", Secret("s"), {}}}) {
        settings.pod_uid = "pod";
        settings.places = Places(scratch.path());
        settings.config.artifact_store.bucket = "b";
    }
    Scratch scratch;
    Settings settings;
    FakeHttp http;
    artifacts::S3Client store;
};

TEST(Outputs, are_uploaded_with_the_folders_manifest) {
    Bench bench;
    bench.scratch.write("workspace/outputs/model/saved_model.pb", "graph");
    bench.scratch.write("workspace/report.csv", "a,b");
    bench.settings.config.outputs = {{"model", "outputs/model", "Model"},
                                     {"report", "report.csv", "Artifact"}};
    const auto outputs = upload_outputs(bench.store, bench.settings, {});
    ASSERT_EQ(outputs.artifacts.size(), 2u);
    EXPECT_TRUE(outputs.complete);
    EXPECT_EQ(
        outputs.artifacts[0].digest,
        artifacts::read_folder(bench.scratch.path() / "workspace/outputs/model")->digest().text());
    EXPECT_EQ(outputs.artifacts[0].location, "s3://b/attempts/pod/outputs/model/");
    EXPECT_EQ(outputs.artifacts[1].digest, sha256("a,b").text());
    EXPECT_EQ(bench.http.asked[1].url, "http://s/b/attempts/pod/outputs/report/report.csv");
}

TEST(Outputs, what_is_missing_or_leads_out_becomes_a_gap) {
    Bench bench;
    bench.scratch.write("credentials/store/key", "secret");
    bench.scratch.write("workspace/x", "x");
    std::filesystem::create_symlink(bench.scratch.path() / "credentials/store",
                                    bench.scratch.path() / "workspace/evil");
    bench.settings.config.outputs = {{"a", "not/there", "Model"},
                                     {"b", "evil", "Model"},
                                     {"c", "../credentials/store", "Model"},
                                     {"d", "x", "Artifact"}};
    const auto outputs = upload_outputs(bench.store, bench.settings, {});
    EXPECT_EQ(outputs.artifacts.size(), 1u);
    ASSERT_EQ(outputs.gaps.size(), 3u);
    EXPECT_NE(outputs.gaps[1].sentence.find("leads out"), std::string::npos);
    EXPECT_EQ(bench.http.asked.size(), 1u);
    EXPECT_TRUE(outputs.complete); // nothing more could be done
}

} // namespace
} // namespace pedigree::recorder
