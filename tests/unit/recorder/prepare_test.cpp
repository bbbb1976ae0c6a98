#include "recorder/prepare.h"

#include <cstdlib>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "artifacts/manifest.h"
#include "recorder/fetch.h"
#include "tests/fakes/scratch.h"
#include "tests/unit/recorder/fakes.h"

namespace pedigree::recorder {
namespace {

struct PrepareBench {
    PrepareBench()
        : http([this](const FakeHttp::Asked&) -> Result<net::Response> {
              return net::Response{status, {}, body};
          }) {
        settings.places = Places(scratch.path());
        settings.config.artifact_store.endpoint = "http://s";
        settings.config.artifact_store.bucket = "b";
        settings.config.input_prefix = "namespaces/vision/";
        settings.config.artifact_store.credentials_directory = "/credentials/store";
        settings.config.prepare_seconds = 1;
        scratch.write("credentials/store/AWS_ACCESS_KEY_ID", "k");
        scratch.write("credentials/store/AWS_SECRET_ACCESS_KEY", "canary-key");
    }
    records::pod::PodInput input(const std::string& uri, const std::string& digest) const {
        return {"mnist", "Dataset", "Train", "", uri, digest, "", "/inputs/mnist"};
    }
    Scratch scratch;
    Settings settings;
    int status = 200;
    std::string body = "data";
    FakeHttp http;
};

TEST(Fetch, a_file_of_a_bucket_lies_under_its_own_name) {
    PrepareBench bench;
    const auto observed =
        fetch_input(bench.http, bench.settings,
                    bench.input("s3://b/namespaces/vision/mnist.npz", sha256("data").text()), {});
    ASSERT_TRUE(observed) << observed.error().message;
    EXPECT_EQ(bench.scratch.read("inputs/mnist/mnist.npz"), "data");
    EXPECT_EQ(observed->bytes, 4);
}

// Seen: every namespace's data, and then its models, through the platform's own credential.
TEST(Fetch, without_a_secret_only_the_namespaces_own_keys_are_read) {
    PrepareBench bench;
    const std::string digest = sha256("data").text();
    for (const std::string uri :
         {"s3://b/namespaces/speech/x", "s3://b/namespaces/vision", "s3://b/namespaces/visionary/x",
          "s3://b/namespaces/", "s3://b/attempts/uid/outputs/model/", "s3://b/x",
          "s3://other/namespaces/vision/x", "s3://b/x/namespaces/vision/x"}) {
        const auto observed = fetch_input(bench.http, bench.settings, bench.input(uri, digest), {});
        ASSERT_FALSE(observed) << uri;
        EXPECT_EQ(observed.error().reason, "InputNotOfNamespace");
        EXPECT_NE(observed.error().message.find("s3://b/namespaces/vision/"), std::string::npos);
        EXPECT_EQ(observed.error().message.find(digest), std::string::npos);
        EXPECT_EQ(preparation_failure(observed.error()).failure_class, FailureClass::Configuration);
    }
    auto platforms = bench.input("s3://b/x", digest); // its Secret, named
    platforms.credentials_directory = "/credentials/store";
    EXPECT_FALSE(fetch_input(bench.http, bench.settings, platforms, {}));
    EXPECT_TRUE(bench.http.asked.empty());
    bench.settings.config.input_prefix = ""; // an operator that says nothing
    EXPECT_FALSE(fetch_input(bench.http, bench.settings, bench.input("s3://b/x", digest), {}));

    bench.scratch.write("credentials/mine/AWS_ACCESS_KEY_ID", "k");
    bench.scratch.write("credentials/mine/AWS_SECRET_ACCESS_KEY", "own");
    auto own = bench.input("s3://other/x", digest);
    own.credentials_directory = "/credentials/mine";
    EXPECT_TRUE(fetch_input(bench.http, bench.settings, own, {}));
}

TEST(Fetch, a_wrong_digest_names_both_and_leaves_nothing) {
    PrepareBench bench;
    const std::string wanted = sha256("other").text();
    const auto observed =
        fetch_input(bench.http, bench.settings, bench.input("https://h/mnist.npz", wanted), {});
    ASSERT_FALSE(observed);
    EXPECT_EQ(observed.error().reason, "DigestMismatch");
    EXPECT_NE(observed.error().message.find(wanted), std::string::npos);
    EXPECT_NE(observed.error().message.find(sha256("data").text()), std::string::npos);
    EXPECT_FALSE(std::filesystem::exists(bench.scratch.path() / "inputs/mnist/mnist.npz"));
    const auto shown = preparation_failure(observed.error());
    EXPECT_EQ(shown.failure_class, FailureClass::Configuration);
    EXPECT_EQ(shown.reason, "DigestMismatch");
}

TEST(Fetch, failures_have_reasons_and_classes) {
    PrepareBench bench;
    const auto failure_of = [&](const records::pod::PodInput& input) {
        const auto observed = fetch_input(bench.http, bench.settings, input, {});
        EXPECT_FALSE(observed);
        return preparation_failure(observed.error());
    };
    const std::string digest = sha256("data").text();
    bench.status = 404;
    EXPECT_EQ(failure_of(bench.input("s3://b/namespaces/vision/k", digest)).reason,
              "InputNotFound");
    bench.status = 403;
    EXPECT_EQ(failure_of(bench.input("s3://b/namespaces/vision/k", digest)).reason,
              "InputForbidden");
    bench.status = 503;
    const auto away = failure_of(bench.input("s3://b/namespaces/vision/k", digest));
    EXPECT_EQ(away.reason, "InputUnreachable");
    EXPECT_EQ(away.failure_class, FailureClass::Infrastructure);
    std::filesystem::remove(bench.scratch.path() / "credentials/store/AWS_SECRET_ACCESS_KEY");
    const auto missing = failure_of(bench.input("s3://b/namespaces/vision/k", digest));
    EXPECT_EQ(missing.reason, "SecretKeyMissing");
    EXPECT_NE(missing.message.find("keys: AWS_ACCESS_KEY_ID"), std::string::npos);
}

TEST(Fetch, a_folder_of_a_volume_is_copied_and_the_copy_checked) {
    PrepareBench bench;
    bench.scratch.write("claims/data/mnist/part/a", "1");
    bench.scratch.write("claims/data/other", "2");
    const auto digest =
        artifacts::read_folder(bench.scratch.path() / "claims/data/mnist")->digest().text();
    const auto observed =
        fetch_input(bench.http, bench.settings, bench.input("volume://data/mnist", digest), {});
    ASSERT_TRUE(observed) << observed.error().message;
    EXPECT_EQ(bench.scratch.read("inputs/mnist/part/a"), "1");
    EXPECT_TRUE(fetch_input(bench.http, bench.settings,
                            bench.input("volume://data/other", sha256("2").text()), {}));
    EXPECT_EQ(bench.scratch.read("inputs/mnist/other"), "2");
    const auto wrong = fetch_input(bench.http, bench.settings,
                                   bench.input("volume://data/mnist", sha256("").text()), {});
    EXPECT_EQ(wrong.error().reason, "DigestMismatch");
    EXPECT_EQ(bench.scratch.read("claims/data/mnist/part/a"), "1");
    EXPECT_FALSE(fetch_input(bench.http, bench.settings,
                             bench.input("volume://data/../../credentials", digest), {}));
    EXPECT_TRUE(bench.http.asked.empty());
}

// As the user of a pod, whom root's own tests must play.
class AsPodUser {
  public:
    AsPodUser() : was_root_(::geteuid() == 0 && ::seteuid(10001) == 0) {}
    ~AsPodUser() {
        if (was_root_ && ::seteuid(0) != 0) {
            std::abort();
        }
    }

  private:
    const bool was_root_;
};

TEST(Fetch, what_a_volume_forbids_is_named_at_once_and_lost_and_found_is_passed_over) {
    namespace fs = std::filesystem;
    PrepareBench bench;
    bench.scratch.write("claims/data/x.txt", "x");
    bench.scratch.write("claims/data/lost+found/x", "");
    bench.scratch.write("claims/data/part/closed.bin", "y");
    fs::create_directories(bench.scratch.path() / "inputs/mnist");
    fs::permissions(bench.scratch.path(), fs::perms::all);
    fs::permissions(bench.scratch.path() / "inputs/mnist", fs::perms::all);
    fs::permissions(bench.scratch.path() / "claims/data/lost+found", fs::perms::none);
    fs::permissions(bench.scratch.path() / "claims/data/part/closed.bin", fs::perms::none);
    const auto fetched = [&](const char* uri, const std::string& digest) {
        const AsPodUser user;
        return fetch_input(bench.http, bench.settings, bench.input(uri, digest), {});
    };
    const std::string wrong = sha256("").text();
    for (const char* uri : {"volume://data", "volume://data/part", "volume://data/part/closed.bin",
                            "volume://data/lost+found"}) {
        const auto failed = fetched(uri, wrong);
        ASSERT_FALSE(failed) << uri;
        const auto told = preparation_failure(failed.error());
        EXPECT_EQ(told.failure_class, FailureClass::Configuration) << uri << ": " << told.message;
        EXPECT_EQ(told.reason, "InputForbidden") << uri;
        EXPECT_NE(told.message.find(std::string(uri).ends_with("found") ? "lost+found"
                                                                        : "part/closed.bin"),
                  std::string::npos)
            << told.message;
    }
    fs::remove_all(bench.scratch.path() / "claims/data/part");
    const auto good = fetched("volume://data", sha256(sha256("x").hex() + "  x.txt\n").text());
    ASSERT_TRUE(good) << good.error().message;
    EXPECT_EQ(good->files, 1);
}

// Another pod may write to the volume: a link there must not lead to what prepare can read.
TEST(Fetch, no_link_on_a_volume_is_followed_out_of_it) {
    PrepareBench bench;
    bench.scratch.write("claims/data/part/a", "1");
    const auto claim = bench.scratch.path() / "claims/data";
    std::filesystem::create_symlink(bench.scratch.path() / "credentials", claim / "away");
    std::filesystem::create_symlink("part", claim / "current");
    std::filesystem::create_symlink("../../../credentials/store/AWS_SECRET_ACCESS_KEY",
                                    claim / "part/key");
    for (const char* uri : {"volume://data/away/store/AWS_SECRET_ACCESS_KEY", "volume://data/away",
                            "volume://data/part/key", "volume://data/part"}) {
        const auto failed = fetch_input(bench.http, bench.settings,
                                        bench.input(uri, sha256("canary-key").text()), {});
        ASSERT_FALSE(failed) << uri;
        EXPECT_EQ(failed.error().code, ErrorCode::InvalidInput) << failed.error().message;
        EXPECT_EQ(failed.error().message.find("canary"), std::string::npos);
    }
    std::filesystem::remove(claim / "part/key");
    EXPECT_TRUE(fetch_input(
        bench.http, bench.settings,
        bench.input("volume://data/current", sha256(sha256("1").hex() + "  a\n").text()), {}));
}

TEST(Prepare, makes_what_the_training_container_mounts) {
    PrepareBench bench;
    bench.scratch.write("usr/bin/pedigree-launch", "program");
    ASSERT_TRUE(prepare(bench.settings));
    for (const char* folder : {"work", "home", "tmp", "exchange"}) {
        EXPECT_TRUE(
            std::filesystem::is_directory(bench.scratch.path() / "opt/pedigree/scratch" / folder));
    }
    const std::string own = ":x:" + std::to_string(::getuid()) + ":";
    const std::string passwd = bench.scratch.read("pedigree/passwd");
    EXPECT_NE(passwd.find("\npedigree" + own), std::string::npos) << passwd;
    EXPECT_NE(passwd.find(":/opt/pedigree/home:"), std::string::npos) << passwd;
    EXPECT_EQ(bench.scratch.read("pedigree/parameters.json"), "{}");
    EXPECT_FALSE(std::filesystem::exists(bench.scratch.path() / "pedigree/wandb-parameters.json"));
}

TEST(Prepare, lays_the_parameters_in_the_form_that_each_tracker_reads) {
    PrepareBench bench;
    bench.scratch.write("usr/bin/pedigree-launch", "program");
    bench.settings.config.parameters_json = R"({"lr":0.1})";
    ASSERT_TRUE(prepare(bench.settings));
    EXPECT_EQ(bench.scratch.read("pedigree/parameters.json"), R"({"lr":0.1})");
    const auto document = parse_json(bench.scratch.read("pedigree/wandb-parameters.json"));
    ASSERT_TRUE(document);
    EXPECT_EQ(*document, (Json{{"wandb_version", 1}, {"lr", {{"value", 0.1}}}}));
}

TEST(Prepare, an_error_without_a_reason_is_classified_by_its_code) {
    EXPECT_EQ(preparation_failure(Error(ErrorCode::Unavailable, "x")).failure_class,
              FailureClass::Infrastructure);
    EXPECT_EQ(preparation_failure(Error(ErrorCode::InvalidInput, "x")).failure_class,
              FailureClass::Configuration);
}

} // namespace
} // namespace pedigree::recorder
