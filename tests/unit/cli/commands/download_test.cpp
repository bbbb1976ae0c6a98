#include <gmock/gmock.h>

#include "cli/download/transfer.h"
#include "net/url.h"
#include "tests/fakes/scratch.h"
#include "tests/unit/cli/fake_cluster.h"
#include "tests/unit/cli/output_schema.h"

namespace pedigree::cli {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

const std::string objects = "/apis/lineage.pedigree.dev/v1alpha1/namespaces/vision/objects/";

struct File {
    std::string path, bytes;
};

// A read API with one model, and a folder to download to.
class DownloadTest : public testing::Test {
  protected:
    DownloadTest() { serve({{"saved_model.pb", "graph"}, {"variables/a b", "weights"}}); }

    void serve(const std::vector<File>& files) {
        std::vector<artifacts::ManifestFile> listed;
        Json items = Json::array();
        for (const File& file : files) {
            const Digest digest = sha256(file.bytes);
            listed.push_back({file.path, digest, static_cast<std::int64_t>(file.bytes.size())});
            items.push_back(
                {{"path", file.path}, {"digest", digest.text()}, {"bytes", file.bytes.size()}});
        }
        std::string text;
        for (const auto& file : listed) {
            text += file.digest.hex() + "  " + file.path + "\n";
        }
        model = sha256(text).text();
        fake.texts[objects + "exp%3Amnist-1"] =
            Json{{"kind", "ObjectList"}, {"items", {item(model)}}}.dump();
        fake.texts[artifact()] =
            Json{{"kind", "Object"}, {"object", item(model)}, {"files", items}}.dump();
        for (const File& file : files) {
            give(file.path, 0, file.bytes);
        }
    }
    static Json item(const std::string& digest) {
        return {{"digest", digest},      {"name", "model"}, {"kind", "Model"},
                {"source", "Output"},    {"trial", 1},      {"attempt", 2},
                {"podUid", "u1"},        {"stored", true},  {"experiment", "mnist-1"},
                {"asserted", "Recorder"}};
    }
    std::string artifact() const {
        return objects + "attempt%3Au1?artifact=" + net::percent_encode(model);
    }
    std::string place(const std::string& path, std::size_t from) const {
        return fmt::format("{}&file={}&from={}", artifact(), net::percent_encode(path), from);
    }
    void give(const std::string& path, std::size_t from, const std::string& bytes) {
        fake.texts[place(path, from)] = bytes;
    }
    std::string target() const { return (scratch.path() / "out").string(); }
    Result<ExitCode> download(const std::vector<std::string>& more = {}) {
        std::vector<std::string> words{"download", "exp/mnist-1", "-o", target()};
        words.insert(words.end(), more.begin(), more.end());
        return fake.run(words);
    }
    bool is_there(const std::string& path) const { return fs::exists(scratch.path() / path); }

    const Scratch scratch;
    FakeCluster fake;
    std::string model;
};

TEST_F(DownloadTest, WritesTheFilesOfTheOnlyModel) {
    const auto code = download();
    ASSERT_TRUE(code) << code.error().message;
    EXPECT_EQ(*code, ExitCode::Ok);
    EXPECT_EQ(scratch.read("out/saved_model.pb"), "graph");
    EXPECT_EQ(scratch.read("out/variables/a b"), "weights");
    EXPECT_EQ(fake.out.str(), target() + ": Model model of mnist-1, trial 1: 2 files, as the "
                                         "record has them\n");
    EXPECT_EQ(fake.err.str(), "");
    EXPECT_EQ(artifacts::read_folder(scratch.path() / "out").value().digest().text(), model);
}

TEST_F(DownloadTest, SaysWhatItWroteAsJson) {
    ASSERT_TRUE(download());
    fs::remove(scratch.path() / "out/saved_model.pb");
    fake.out.str("");
    ASSERT_TRUE(download({"--format", "json"}));
    const Json printed = expect_schema(fake.out.str());
    EXPECT_EQ(printed["digest"], model);
    EXPECT_EQ(printed["bytes"], 12);
    EXPECT_EQ(printed["items"][0]["written"], true);
    EXPECT_EQ(printed["items"][1]["written"], false); // it was there
}

TEST_F(DownloadTest, FindsWhatIsNamedByDigestAttemptOrTrial) {
    const std::string list = fake.texts[objects + "exp%3Amnist-1"];
    fake.texts[objects + net::percent_encode(model)] = list;
    fake.texts[objects + "attempt%3Au1"] = list;
    fake.texts[objects + "exp%3Amnist-1?trial=7"] = list;
    for (const std::string& subject :
         {model, std::string("attempt:u1"), std::string("exp/mnist-1/7"), std::string("mnist-1/7"),
          std::string("mnist-1")}) {
        const auto code = fake.run({"download", subject, "-o", target()});
        EXPECT_TRUE(code) << subject << ": " << code.error().message;
    }
    for (const char* subject : {"run:7", "./model", "sha256:12", "commit:3f786850e387"}) {
        const auto code = fake.run({"download", subject, "-o", target()});
        ASSERT_FALSE(code) << subject;
        EXPECT_EQ(code.error().code, ErrorCode::InvalidInput) << subject;
    }
}

TEST_F(DownloadTest, WithoutAFolderTheNameIsTaken) {
    const fs::path before = fs::current_path();
    fs::current_path(scratch.path());
    for (const auto& [name, folder] : {std::pair{"model", "model"},
                                       {"../../etc", "etc"},
                                       {"a/b:v0", "a-b-v0"},
                                       {"..", "artifact"}}) {
        Json named = item(model);
        named["name"] = name;
        fake.texts[objects + "exp%3Amnist-1"] = Json{{"items", {named}}}.dump();
        const auto code = fake.run({"download", "mnist-1"});
        EXPECT_TRUE(code) << code.error().message;
        EXPECT_TRUE(is_there(std::string(folder) + "/saved_model.pb")) << name;
    }
    fs::current_path(before);
}

TEST_F(DownloadTest, NoPathOfTheRecordLeadsOutOfTheFolder) {
    for (const char* path : {"../x", "/etc/x", "a/../../x", "a//b", "./a", "a\\b", "a\nb", ""}) {
        serve({{path, "hostile"}});
        const auto code = download({"--force"});
        ASSERT_FALSE(code) << path;
        EXPECT_EQ(code.error().code, ErrorCode::InvalidInput) << path;
        EXPECT_FALSE(is_there("out")) << path;
        EXPECT_FALSE(is_there("x")) << path;
    }
}

TEST_F(DownloadTest, FilesThatAreNotTheManifestAreNotFetched) {
    serve({{"saved_model.pb", "other"}});
    const std::string other = fake.texts[artifact()];
    serve({{"saved_model.pb", "graph"}});
    fake.texts[artifact()] = other;
    const auto code = download();
    ASSERT_FALSE(code);
    EXPECT_EQ(exit_code_of(code.error()), ExitCode::NotVerified);
    EXPECT_THAT(code.error().message, HasSubstr("nothing was downloaded"));
    EXPECT_FALSE(is_there("out"));
}

TEST_F(DownloadTest, BytesOfAnotherDigestAreNotKept) {
    give("saved_model.pb", 0, "grAph");
    const auto code = download();
    ASSERT_FALSE(code);
    EXPECT_EQ(exit_code_of(code.error()), ExitCode::NotVerified);
    EXPECT_THAT(code.error().message, HasSubstr("saved_model.pb"));
    EXPECT_FALSE(is_there("out/saved_model.pb"));
    EXPECT_TRUE(fs::is_empty(scratch.path() / "out/.pedigree-parts"));
}

TEST_F(DownloadTest, WhatIsThereStaysWhenItsReplacementIsNotWhole) {
    scratch.write("out/saved_model.pb", "mine!");
    give("saved_model.pb", 0, "grAph");
    EXPECT_FALSE(download({"--force"}));
    EXPECT_EQ(scratch.read("out/saved_model.pb"), "mine!");
}

TEST_F(DownloadTest, OtherFilesAreReplacedOnlyIfAsked) {
    scratch.write("out/saved_model.pb", "mine!"); // of the same size
    const auto code = download();
    ASSERT_FALSE(code);
    EXPECT_EQ(exit_code_of(code.error()), ExitCode::Conflict);
    EXPECT_THAT(code.error().message, HasSubstr("saved_model.pb; --force replaces them"));
    EXPECT_EQ(scratch.read("out/saved_model.pb"), "mine!");
    EXPECT_FALSE(is_there("out/variables")); // nothing was begun
    ASSERT_TRUE(download({"--force"}));
    EXPECT_EQ(scratch.read("out/saved_model.pb"), "graph");
}

TEST_F(DownloadTest, ALargeFileComesInPartsAndIsGoneOnWith) {
    serve({{"weights", "0123456789"}});
    give("weights", 0, "0123");
    give("weights", 4, "4567");
    EXPECT_FALSE(download()); // byte 8 is asked for, and nobody answers
    EXPECT_FALSE(is_there("out/weights"));
    fake.asked.clear();
    give("weights", 8, "89");
    ASSERT_TRUE(download());
    EXPECT_EQ(scratch.read("out/weights"), "0123456789");
    EXPECT_EQ(fake.asked.back(), place("weights", 8));
    EXPECT_THAT(fake.asked, SizeIs(3)); // list, files, the rest
}

TEST_F(DownloadTest, ADamagedBeginningIsFetchedAnew) {
    serve({{"weights", "0123456789"}});
    scratch.write("out/.pedigree-parts/" + sha256("0123456789").hex(), "0!23");
    give("weights", 4, "456789");
    const auto code = download();
    ASSERT_TRUE(code) << code.error().message;
    EXPECT_EQ(scratch.read("out/weights"), "0123456789");
}

TEST_F(DownloadTest, AStoreThatHasLessOrMoreThanTheRecordIsSaid) {
    give("saved_model.pb", 0, "gra");
    give("saved_model.pb", 3, "");
    const auto less = download();
    ASSERT_FALSE(less);
    EXPECT_EQ(exit_code_of(less.error()), ExitCode::NotVerified);
    EXPECT_THAT(less.error().message, HasSubstr("has 3 of the 5 bytes of saved_model.pb"));
    give("saved_model.pb", 3, "ph and more");
    const auto more = download();
    ASSERT_FALSE(more);
    EXPECT_EQ(exit_code_of(more.error()), ExitCode::NotVerified);
    EXPECT_THAT(more.error().message, HasSubstr("has more bytes than the record names"));
    EXPECT_FALSE(is_there("out/saved_model.pb"));
}

TEST_F(DownloadTest, WhatLiesElsewhereIsSaidWithItsPlace) {
    Json elsewhere = item(model);
    elsewhere["stored"] = false;
    elsewhere["location"] = "mlflow-artifacts:/7/r/artifacts/model";
    Json log = item(sha256("log").text()); // stored, but not what is meant
    log["kind"] = "Artifact";
    fake.texts[objects + "exp%3Amnist-1"] = Json{{"items", {elsewhere, log}}}.dump();
    const auto code = download();
    ASSERT_FALSE(code);
    EXPECT_EQ(exit_code_of(code.error()), ExitCode::NotFound);
    EXPECT_THAT(code.error().message, HasSubstr("mlflow artifacts download --artifact-uri "
                                                "mlflow-artifacts:/7/r/artifacts/model"));
    fake.texts[objects + "exp%3Amnist-1"] = Json{{"items", {elsewhere, item(model)}}}.dump();
    EXPECT_TRUE(download()); // the same bytes lie in the store, too
}

TEST_F(DownloadTest, OfSeveralModelsOneIsToBeNamed) {
    const std::string other = sha256("other").text();
    fake.texts[objects + "exp%3Amnist-1"] = Json{{"items", {item(model), item(other)}}}.dump();
    const auto code = download();
    ASSERT_FALSE(code);
    EXPECT_EQ(exit_code_of(code.error()), ExitCode::InvalidInput);
    EXPECT_THAT(code.error().message, HasSubstr(model));
    EXPECT_THAT(code.error().message, HasSubstr(other + "); name one by its digest"));
    fake.texts[objects + "exp%3Amnist-1"] = R"({"items": []})";
    EXPECT_EQ(exit_code_of(download().error()), ExitCode::NotFound);
}

TEST_F(DownloadTest, SaysHowFarItIsWhereSomebodyWatches) {
    fake.while_read = [&] { fake.clock.time += std::chrono::seconds(3); };
    ASSERT_TRUE(download());
    EXPECT_THAT(fake.err.str(), IsEmpty());
    fake.terminal.err_interactive = true;
    fs::remove_all(scratch.path() / "out");
    ASSERT_TRUE(download());
    EXPECT_EQ(fake.err.str(), "0.0 of 0.0 MiB (41%)  saved_model.pb\n"
                              "0.0 of 0.0 MiB (100%)  variables/a b\n");
    fake.while_read = [&] { fake.clock.time += std::chrono::seconds(1); }; // quick enough
    fake.err.str("");
    fs::remove_all(scratch.path() / "out");
    ASSERT_TRUE(download());
    EXPECT_THAT(fake.err.str(), Not(HasSubstr("saved_model.pb")));
}

TEST_F(DownloadTest, AnAccountThatNobodySignedIsSaid) {
    Json unsigned_one = item(model);
    unsigned_one["asserted"] = "UserCode";
    fake.texts[objects + "exp%3Amnist-1"] = Json{{"items", {unsigned_one}}}.dump();
    ASSERT_TRUE(download());
    EXPECT_THAT(fake.err.str(), HasSubstr("is the word of user code"));
}

// The API server ends a call after a minute, a network whenever it likes.
TEST_F(DownloadTest, AnAnswerThatBreaksOffIsGoneOnWith) {
    serve({{"weights", "0123456789"}});
    Cluster cluster = fake.cluster();
    std::vector<std::string> asked;
    cluster.stream = [&](const std::string& path, const k8s::ByteSink& sink,
                         std::stop_token) -> Status {
        asked.push_back(path.substr(path.rfind('=') + 1));
        const auto from = static_cast<std::size_t>(std::stoul(asked.back()));
        TRY(sink(std::string_view("0123456789").substr(from, 6)));
        return asked.size() == 1 ? Status(failure(ErrorCode::Unavailable, "connection reset"))
                                 : Status();
    };
    const RemoteObject object = find_object(cluster, "mnist-1").value();
    const RemoteManifest manifest = read_manifest_of(cluster, object).value();
    const DownloadFolder folder = DownloadFolder::open(target()).value();
    const auto files = download_files(manifest, folder, Replace::No, cluster, fake.terminal);
    ASSERT_TRUE(files) << files.error().message;
    EXPECT_EQ(scratch.read("out/weights"), "0123456789");
    EXPECT_THAT(asked, testing::ElementsAre("0", "6"));
    EXPECT_EQ(fake.err.str(), ""); // as long as something comes, there is nothing to bear
}

TEST_F(DownloadTest, CtrlCKeepsWhatHasCome) {
    serve({{"weights", "0123456789"}});
    give("weights", 0, "0123");
    fake.while_read = [&] {
        if (fake.asked.back() == place("weights", 4)) {
            fake.stop.request_stop();
        }
    };
    const auto code = download();
    ASSERT_FALSE(code);
    EXPECT_EQ(exit_code_of(code.error()), ExitCode::Interrupted);
    EXPECT_THAT(code.error().message, HasSubstr("the same command goes on from there"));
    EXPECT_EQ(scratch.read("out/.pedigree-parts/" + sha256("0123456789").hex()), "0123");
    EXPECT_FALSE(is_there("out/weights"));
}

} // namespace
} // namespace pedigree::cli
