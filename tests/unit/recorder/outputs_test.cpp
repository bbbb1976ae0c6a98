#include "recorder/outputs.h"

#include <atomic>
#include <thread>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "artifacts/manifest.h"
#include "tests/fakes/scratch.h"
#include "tests/unit/recorder/fakes.h"

namespace pedigree::recorder {
namespace {

struct OutputsBench {
    OutputsBench()
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
    OutputsBench bench;
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
    OutputsBench bench;
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

// All that the script wrote would be the output then, and all that was laid for it.
TEST(Outputs, the_working_directory_itself_is_none) {
    OutputsBench bench;
    bench.scratch.write("workspace/train.py", "x");
    std::filesystem::create_symlink(".", bench.scratch.path() / "workspace/all");
    bench.settings.config.outputs = {{"model", "all", "Model"}};
    const auto outputs = upload_outputs(bench.store, bench.settings, {});
    EXPECT_TRUE(outputs.artifacts.empty());
    ASSERT_EQ(outputs.gaps.size(), 1u);
    EXPECT_NE(outputs.gaps[0].sentence.find("the working directory itself"), std::string::npos);
    EXPECT_TRUE(bench.http.asked.empty());
}

// It is there, and could be kept another time.
TEST(Outputs, what_the_store_refuses_leaves_the_record_incomplete) {
    OutputsBench bench;
    bench.http.answer = [](const FakeHttp::Asked&) -> Result<net::Response> {
        return net::Response{403, {}, ""};
    };
    bench.scratch.write("workspace/report.csv", "a,b");
    bench.settings.config.outputs = {{"report", "report.csv", "Artifact"}};
    const auto outputs = upload_outputs(bench.store, bench.settings, {});
    EXPECT_FALSE(outputs.complete);
    EXPECT_EQ(outputs.gaps.size(), 1u);
}

const records::pod::ObservedArtifact* named(const UploadedOutputs& outputs, const char* name) {
    for (const auto& artifact : outputs.artifacts) {
        if (artifact.name == name) {
            return &artifact;
        }
    }
    return nullptr;
}

TEST(Outputs, a_link_counts_as_the_file_of_the_same_output_that_it_leads_to) {
    OutputsBench bench;
    bench.scratch.write("workspace/out/epoch-1.ckpt", "one");
    bench.scratch.write("workspace/out/deep/epoch-2.ckpt", "two");
    const auto link = [&](const char* target, const char* at) {
        std::filesystem::create_symlink(target, bench.scratch.path() / "workspace/out" / at);
    };
    link("deep/epoch-2.ckpt", "last.ckpt");
    link("/workspace/out/epoch-1.ckpt", "first.ckpt");
    link("../epoch-1.ckpt", "deep/up.ckpt");
    bench.settings.config.outputs = {{"model", "out", "Model"}};
    const auto outputs = upload_outputs(bench.store, bench.settings, {});
    ASSERT_EQ(outputs.artifacts.size(), 1u);
    std::string told;
    for (const auto& file : outputs.artifacts[0].files) {
        told += file.path + (file.digest == sha256("one").text() ? "=one " : "=two ");
    }
    EXPECT_EQ(told, "deep/epoch-2.ckpt=two deep/up.ckpt=one epoch-1.ckpt=one first.ckpt=one "
                    "last.ckpt=two ");
    EXPECT_TRUE(outputs.gaps.empty());
}

TEST(Outputs, what_cannot_be_kept_is_named_and_the_rest_is_kept) {
    OutputsBench bench;
    bench.scratch.write("credentials/store/key", "canary");
    bench.scratch.write("workspace/elsewhere", "x");
    bench.scratch.write("workspace/out/good", "good");
    bench.scratch.write("workspace/out/bad\\name", "x");
    bench.scratch.write("workspace/out/folder/good", "good");
    const auto out = bench.scratch.path() / "workspace/out";
    std::filesystem::create_symlink(bench.scratch.path() / "credentials/store/key", out / "stolen");
    std::filesystem::create_symlink("../elsewhere", out / "beyond");
    std::filesystem::create_symlink("folder", out / "twice");
    std::filesystem::create_symlink("none", out / "dangling");
    ASSERT_EQ(::mkfifo((out / "pipe").c_str(), 0600), 0);
    bench.settings.config.outputs = {{"model", "out", "Model"}};
    const auto outputs = upload_outputs(bench.store, bench.settings, {});
    ASSERT_NE(named(outputs, "model"), nullptr);
    EXPECT_EQ(outputs.artifacts[0].files.size(), 2u);
    EXPECT_TRUE(outputs.complete);
    ASSERT_EQ(outputs.gaps.size(), 1u);
    for (const char* name : {"stolen", "beyond", "twice", "dangling", "pipe", "bad"}) {
        EXPECT_NE(outputs.gaps[0].sentence.find(name), std::string::npos) << name;
    }
    for (const auto& asked : bench.http.asked) {
        EXPECT_EQ(asked.body.find("canary"), std::string::npos);
    }
}

// A process that the launcher could not end swaps a file for a link while outputs are read.
TEST(Outputs, a_file_swapped_for_a_link_to_a_secret_is_never_sent) {
    OutputsBench bench;
    bench.scratch.write("credentials/store/key", "canary");
    for (int i = 0; i < 50; ++i) {
        bench.scratch.write("workspace/out/a" + std::to_string(i), "harmless");
    }
    const auto out = bench.scratch.path() / "workspace/out";
    std::atomic<bool> enough = false;
    std::jthread swapper([&] {
        while (!enough) {
            std::filesystem::create_symlink("../../credentials/store/key", out / "t");
            std::filesystem::rename(out / "t", out / "a30");
            std::ofstream(out / "t") << "harmless";
            std::filesystem::rename(out / "t", out / "a30");
        }
    });
    bench.settings.config.outputs = {{"model", "out", "Model"}};
    for (int i = 0; i < 200; ++i) {
        (void)upload_outputs(bench.store, bench.settings, {});
    }
    enough = true;
    for (const auto& asked : bench.http.asked) {
        ASSERT_EQ(asked.body.find("canary"), std::string::npos);
    }
}

} // namespace
} // namespace pedigree::recorder
