#include "cli/support/bundle.h"

#include <gmock/gmock.h>

#include "base/digest.h"
#include "base/file.h"
#include "imagebuild/archive/gunzip.h"
#include "imagebuild/archive/tar_reader.h"
#include "tests/fakes/scratch.h"
#include "tests/unit/cli/doctor/cluster_double.h"
#include "tests/unit/cli/output_schema.h"

namespace pedigree::cli {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

// What another program finds in an archive, in its order.
struct Unpacked final : imagebuild::TarVisitor {
    std::vector<std::string> paths;
    std::map<std::string, std::string> contents;
    std::size_t content_bytes_wanted(const imagebuild::TarItem& item) override {
        return static_cast<std::size_t>(item.bytes);
    }
    Status take(const imagebuild::TarItem& item, std::string_view content) override {
        paths.push_back(item.path);
        contents[item.path] = content;
        return {};
    }
    explicit Unpacked(const std::string& archive) {
        imagebuild::Gunzip gunzip(1024 * 1024 * 1024);
        imagebuild::TarReader reader(*this);
        EXPECT_TRUE(
            gunzip.feed(archive, [&](std::string_view bytes) { return reader.feed(bytes); }));
        EXPECT_TRUE(gunzip.finish());
        EXPECT_TRUE(reader.finish());
    }
};

TEST(SupportBundle, TheSameTextsGiveTheSameBytes) {
    Bundle bundle;
    bundle.files = {{"b.txt", "two"}, {"a/x.txt", ""}};
    bundle.left_out = {{"Secrets", "never taken"}};
    const std::string archive = archive_of(bundle, "s").value();
    EXPECT_EQ(archive, archive_of(bundle, "s").value());
    const Unpacked unpacked(archive);
    EXPECT_THAT(unpacked.paths, ElementsAre("s/manifest.json", "s/a/x.txt", "s/b.txt"));
    EXPECT_EQ(unpacked.contents.at("s/b.txt"), "two");
    const Json manifest = expect_schema(unpacked.contents.at("s/manifest.json"));
    EXPECT_EQ(manifest["items"][1],
              (Json{{"path", "b.txt"}, {"bytes", 3}, {"sha256", sha256("two").hex()}}));
    EXPECT_EQ(manifest["leftOut"][0]["what"], "Secrets");
}

TEST(SupportBundle, ACredentialThatIsFoundOnceIsTakenFromEverywhere) {
    Bundle bundle;
    const std::string password = "correct-horse/battery";
    bundle.files = {{"a.log", "s3://ann:correct-horse%2fbattery@h password=" + password},
                    {"b.log", "login failed with " + password + "\n" + to_base64(password)},
                    {"c.log", "pwd: \x1b[2J and token=ok, ok\n"}};
    strike_credentials(bundle);
    EXPECT_EQ(bundle.files["a.log"], "s3://ann:[redacted]@h password=[redacted]");
    EXPECT_EQ(bundle.files["b.log"], "login failed with [redacted]\n[redacted]");
    // A short value is no word to take out of every sentence; controls are shown.
    EXPECT_THAT(bundle.files["c.log"], AllOf(HasSubstr("token=[redacted], ok\n"),
                                             HasSubstr("\\x1b"), Not(HasSubstr("\x1b"))));
}

struct SupportCommand : testing::Test {
    ClusterDouble fake;
    Scratch scratch;
    const std::string log = "/api/v1/namespaces/pedigree-system/pods/pedigree-operator-a/log?";

    SupportCommand() {
        Json& status = fake.object(paths::pod)["status"];
        status["containerStatuses"] = {{{"name", "operator"}, {"restartCount", 1}}};
        fake.texts[log + "container=operator"] = "cannot reach postgres://a:hunter22222@db\n";
        fake.texts[log + "container=operator&previous=true"] = "gone with hunter22222\n";
        fake.api.objects["/apis/pedigree.dev/v1alpha1/namespaces/vision/experiments/mnist-1"] = {
            {"metadata", {{"name", "mnist-1"}, {"namespace", "vision"}}},
            {"spec", {{"parameters", {{"note", "nobody's business"}}}}},
            {"status", {{"phase", "Failed"}}}};
    }
    Unpacked bundle(std::vector<std::string> more = {}) {
        const std::string file = (scratch.path() / "b.tar.gz").string();
        std::vector<std::string> words{"support-bundle", "-o", file};
        words.insert(words.end(), more.begin(), more.end());
        const auto code = fake.run(words);
        EXPECT_TRUE(code && *code == ExitCode::Ok) << fake.err.str();
        EXPECT_EQ(fake.out.str(), file + "\n");
        return Unpacked(read_file(file).value());
    }
};

TEST_F(SupportCommand, HoldsWhatIsNeededAndNoCredential) {
    const Unpacked unpacked = bundle();
    const std::string top = "pedigree-support-20260131T120000Z/";
    for (const std::string file :
         {"manifest.json", "doctor.txt", "doctor.json", "operator/deployment.json",
          "operator/lease.json", "operator/configuration.json", "operator/events.json",
          "operator/logs/pedigree-operator-a/operator.previous.log",
          "cluster/policies/objects.pedigree.dev.json", "namespace/vision/experiments.json"}) {
        EXPECT_THAT(unpacked.paths, Contains(top + file));
    }
    for (const auto& [path, text] : unpacked.contents) {
        EXPECT_THAT(text, Not(HasSubstr("hunter22222"))) << path;
        EXPECT_THAT(text, Not(HasSubstr("nobody's business"))) << path;
    }
    for (const std::string& call : fake.api.asked) {
        EXPECT_TRUE(call.find("/secrets") == std::string::npos || call.starts_with("judge "))
            << call;
    }
    EXPECT_THAT(fake.err.str(), HasSubstr("left out: Secrets: never taken\n"));
}

TEST_F(SupportCommand, SaysWhatItMayNotSeeAndTakesTheRest) {
    fake.api.refused = {"/api/v1/namespaces/pedigree-system/pods", "/apis/coordination.k8s.io/"};
    const Unpacked unpacked = bundle();
    EXPECT_THAT(fake.err.str(), HasSubstr("left out: operator/pods: "));
    EXPECT_THAT(fake.err.str(), HasSubstr("left out: operator/lease.json: "));
    EXPECT_THAT(unpacked.paths, Contains(HasSubstr("operator/deployment.json")));
}

TEST_F(SupportCommand, OfALongLogTheEndIsTaken) {
    std::string text;
    for (int line = 0; line < 300'000; ++line) {
        text += fmt::format("line {}\n", line);
    }
    fake.texts[log + "container=operator"] = text;
    const Unpacked unpacked = bundle({"--log-mebibytes", "1"});
    const std::string& kept = unpacked.contents.at(
        "pedigree-support-20260131T120000Z/operator/logs/pedigree-operator-a/operator.log");
    EXPECT_LE(kept.size(), 1024U * 1024U);
    EXPECT_GT(kept.size(), 1024U * 1024U - 100);
    EXPECT_THAT(kept, testing::StartsWith("line "));
    EXPECT_THAT(kept, testing::EndsWith("line 299999\n"));
    EXPECT_THAT(fake.err.str(), HasSubstr("operator.log: what stands before its last 1048576"));
}

TEST_F(SupportCommand, WithoutAClusterThereIsNoFile) {
    fake.away = Error(ErrorCode::Unavailable, "connection refused");
    const auto code = fake.run({"support-bundle", "-o", (scratch.path() / "b").string()});
    ASSERT_FALSE(code);
    EXPECT_EQ(exit_code_of(code.error()), ExitCode::Unreachable);
    EXPECT_FALSE(std::filesystem::exists(scratch.path() / "b"));
}

} // namespace
} // namespace pedigree::cli
