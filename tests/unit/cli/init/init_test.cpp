// pedigree init: with the real git, in a folder of its own.
#include <deque>

#include <gmock/gmock.h>

#include "base/process.h"
#include "cli/init/answers.h"
#include "pipeline/search/document/experiment_search.h"
#include "pipeline/spec/lint.h"
#include "tests/fakes/scratch.h"
#include "tests/unit/cli/fake_cluster.h"

namespace pedigree::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string hex(64, '0');
const std::string base = "registry.example.com/tensorflow:2.13.0@sha256:" + hex;

class InitTest : public testing::Test {
  protected:
    InitTest() {
        scratch.write("work/train.py", "print(1)\n");
        scratch.write("work/requirements.txt", "numpy\n");
        git({"init", "--quiet", "--initial-branch=trunk"});
        git({"remote", "add", "origin", "https://ann:secret@git.example.com/vision/MNIST_v2.git"});
    }
    void git(const std::vector<std::string>& arguments) const {
        ProcessRequest request;
        request.argv = {"/usr/bin/git"};
        request.argv.insert(request.argv.end(), arguments.begin(), arguments.end());
        request.environment = {{"PATH", "/usr/bin:/bin"}, {"HOME", scratch.path().string()}};
        request.working_directory = scratch.path() / "work";
        const auto result = run_process(request);
        EXPECT_TRUE(result && result->succeeded());
    }
    std::string folder() const { return (scratch.path() / "work").string(); }
    Result<ExitCode> init(const std::vector<std::string>& more = {}) {
        std::vector<std::string> words{"init", folder(), "--base", base};
        words.insert(words.end(), more.begin(), more.end());
        return fake.run(words);
    }
    Json written() const {
        const std::string text = scratch.read("work/experiment.yaml");
        EXPECT_TRUE(spec::lint(text, search::validate_experiment_search).empty()) << text;
        return spec::read_manifest(text).value_or(Json());
    }

    const Scratch scratch;
    FakeCluster fake;
};

TEST_F(InitTest, WritesALegalExperimentOfTheFolder) {
    const auto code = init();
    ASSERT_TRUE(code) << code.error().message;
    EXPECT_EQ(*code, ExitCode::Ok);
    Json spec = written()["spec"];
    EXPECT_EQ(spec["project"], "mnist-v2");
    EXPECT_EQ(spec["source"]["git"]["url"], "https://git.example.com/vision/MNIST_v2.git");
    EXPECT_EQ(spec["source"]["git"]["ref"], "trunk");
    EXPECT_EQ(spec["image"]["lockFile"], "requirements.lock");
    EXPECT_EQ(spec["command"], (Json{"python", "train.py"}));
    EXPECT_FALSE(spec.contains("inputs"));
    EXPECT_FALSE(spec.contains("trackers"));
    EXPECT_THAT(fake.err.str(),
                AllOf(HasSubstr("pedigree lock " + folder() + "/requirements.txt --base " + base),
                      HasSubstr("pedigree lint"), HasSubstr("pedigree run -f")));
    EXPECT_THAT(scratch.read("work/experiment.yaml"), Not(HasSubstr("secret@")));
}

TEST_F(InitTest, TakesEveryAnswerFromTheLine) {
    scratch.write("work/fit it.py", "");
    const auto code =
        init({"--script", "fit it.py", "--data", "s3://datasets/mnist.npz@sha256:" + hex, "--gpus",
              "2", "--tracker", "https://mlflow.example.com", "--project", "digits"});
    ASSERT_TRUE(code) << code.error().message;
    Json spec = written()["spec"];
    EXPECT_EQ(spec["project"], "digits");
    EXPECT_EQ(spec["command"], (Json{"python", "fit it.py"}));
    EXPECT_EQ(spec["inputs"][0]["uri"], "s3://datasets/mnist.npz");
    EXPECT_EQ(spec["inputs"][0]["digest"], "sha256:" + hex);
    EXPECT_EQ(spec["resources"]["gpu"]["count"], 2);
    EXPECT_EQ(spec["trackers"]["mlflow"]["url"], "https://mlflow.example.com");
}

TEST_F(InitTest, ThePlatformsMlflowNeedsNoUrlAndTheOthersNoWord) {
    ASSERT_TRUE(init({"--tracker", "mlflow"}));
    EXPECT_EQ(written()["spec"]["trackers"]["mlflow"], Json::object());
    for (const char* tracker : {"tensorboard", "WandB", "clearml", "none", ""}) {
        ASSERT_TRUE(init({"--tracker", tracker, "--force"})) << tracker;
        EXPECT_FALSE(written()["spec"].contains("trackers")) << tracker;
    }
}

TEST_F(InitTest, NothingIsReplacedUnlessAsked) {
    scratch.write("work/experiment.yaml", "mine");
    const auto code = init();
    ASSERT_FALSE(code);
    EXPECT_EQ(exit_code_of(code.error()), ExitCode::Conflict);
    EXPECT_EQ(scratch.read("work/experiment.yaml"), "mine");
    EXPECT_TRUE(init({"-o", "other.yaml"}));
    EXPECT_TRUE(init({"--force"}));
    EXPECT_EQ(written()["spec"]["project"], "mnist-v2");
}

TEST_F(InitTest, WithoutATerminalTheMissingOptionIsNamed) {
    const auto code = fake.run({"init", folder()});
    ASSERT_FALSE(code);
    EXPECT_EQ(exit_code_of(code.error()), ExitCode::InvalidInput);
    EXPECT_THAT(code.error().message, HasSubstr("--base is needed"));
    EXPECT_EQ(scratch.read("work/experiment.yaml"), "");
}

TEST_F(InitTest, AWrongAnswerIsSaidWithItsOption) {
    for (const auto& [option, answer] :
         std::vector<std::pair<std::string, std::string>>{{"--base", "tensorflow:2.13.0"},
                                                          {"--base", "@sha256:" + hex},
                                                          {"--data", "s3://datasets/mnist.npz"},
                                                          {"--data", "/data/mnist.npz"},
                                                          {"--gpus", "two"},
                                                          {"--gpus", "-1"},
                                                          {"--tracker", "katib"},
                                                          {"--script", "/etc/train.py"}}) {
        const auto code = option == "--base" ? fake.run({"init", folder(), option, answer})
                                             : init({option, answer});
        ASSERT_FALSE(code) << option << answer;
        EXPECT_THAT(code.error().message, testing::StartsWith(option + ": ")) << answer;
    }
    EXPECT_THAT(init({"--script", "missing.py"}).error().message, HasSubstr("--script FILE"));
}

// What the line said is judged by the rules of lint, and nothing illegal is written.
TEST_F(InitTest, WhatLintWouldRefuseIsNotWritten) {
    const auto code = init({"--project", "Bad_Name"});
    ASSERT_TRUE(code);
    EXPECT_EQ(*code, ExitCode::InvalidInput);
    EXPECT_THAT(fake.err.str(), AllOf(HasSubstr("E0107"), HasSubstr("nothing was written")));
    EXPECT_EQ(scratch.read("work/experiment.yaml"), "");
}

TEST_F(InitTest, KnowsBranchesCommitsAndFoldersBelow) {
    git({"add", "--all"});
    git({"-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "--quiet", "-m", "x"});
    git({"checkout", "--quiet", "--detach"});
    scratch.write("work/deep/train.py", "");
    ASSERT_TRUE(fake.run({"init", folder() + "/deep", "--base", base}));
    const Json spec =
        spec::read_manifest(scratch.read("work/deep/experiment.yaml")).value()["spec"];
    const Json& git_source = at_path(spec, {"source", "git"});
    EXPECT_EQ(string_or(git_source, "commit").size(), 40u);
    EXPECT_FALSE(git_source.contains("ref"));
    EXPECT_EQ(string_or(at_path(spec, {"source"}), "subdirectory"), "deep");
    EXPECT_FALSE(spec["image"].contains("lockFile")); // it has no requirements.txt
}

TEST_F(InitTest, WithoutARepositoryTheUrlIsAskedFor) {
    scratch.write("bare/train.py", "");
    const std::string bare = (scratch.path() / "bare").string();
    const auto code = fake.run({"init", bare, "--base", base});
    ASSERT_FALSE(code);
    EXPECT_THAT(code.error().message, HasSubstr("--repository URL"));
    ASSERT_TRUE(fake.run(
        {"init", bare, "--base", base, "--repository", "git@git.example.com:vision/mnist.git"}));
    Json spec = spec::read_manifest(scratch.read("bare/experiment.yaml")).value()["spec"];
    EXPECT_EQ(spec["source"]["git"]["url"], "ssh://git@git.example.com/vision/mnist.git");
    EXPECT_EQ(spec["source"]["git"]["ref"], "main");
    EXPECT_EQ(spec["project"], "mnist");
}

TEST(InitUrl, IsMadeOfWhatGitHas) {
    EXPECT_EQ(fetched_url("https://git.example.com/a/b.git").value(),
              "https://git.example.com/a/b.git");
    EXPECT_EQ(fetched_url("https://ann:se@cret@git.example.com:8443/a").value(),
              "https://git.example.com:8443/a");
    EXPECT_EQ(fetched_url("git@git.example.com:/a/b").value(), "ssh://git@git.example.com/a/b");
    EXPECT_EQ(fetched_url("ssh://git@git.example.com/a").value(), "ssh://git@git.example.com/a");
    for (const char* remote : {"http://git.example.com/a", "/srv/git/a.git", "../a", "file:///a",
                               "git://git.example.com/a", "git@git.example.com:", ""}) {
        EXPECT_FALSE(fetched_url(remote)) << remote;
    }
}

TEST(InitProject, IsADnsLabel) {
    EXPECT_EQ(project_name("https://git.example.com/vision/MNIST_v2.git"), "mnist-v2");
    EXPECT_EQ(project_name("ssh://git@git.example.com/a/b.c/"), "b-c");
    EXPECT_EQ(project_name("__"), "");
    EXPECT_EQ(project_name(std::string(80, 'a')).size(), 52u);
    EXPECT_EQ(project_name(std::string(51, 'a') + "-b"), std::string(51, 'a'));
}

struct Person {
    std::deque<std::string> lines;
    std::vector<std::string> heard;
    AskLine ask() {
        return [this](const std::string& question) -> std::optional<std::string> {
            heard.push_back(question);
            if (lines.empty()) {
                return std::nullopt;
            }
            std::string line = lines.front();
            lines.pop_front();
            return line;
        };
    }
};

TEST(InitQuestions, AreFiveAndAskedAgainWhereTheAnswerIsNone) {
    FakeCluster fake;
    Person ann{{"tensorflow", " " + base + " ", "", "none", "1", "mlflow"}, {}};
    Draft draft;
    const Status answered = answer_questions(draft, {}, ann.ask(), fake.terminal);
    ASSERT_TRUE(answered) << answered.error().message;
    EXPECT_EQ(ann.heard.size(), 6u); // one of them twice
    EXPECT_EQ(ann.heard[2], "Script [train.py]: ");
    EXPECT_THAT(fake.err.str(), HasSubstr("needs its digest"));
    EXPECT_EQ(draft.base, base);
    EXPECT_EQ(draft.script, "train.py");
    EXPECT_EQ(draft.gpus, 1);
    EXPECT_EQ(draft.mlflow, "mlflow");
}

TEST(InitQuestions, WhatTheLineAnsweredIsNotAsked) {
    FakeCluster fake;
    Person ann{{"", "", ""}, {}};
    Draft draft;
    ASSERT_TRUE(
        answer_questions(draft, {.base = base, .tracker = "none"}, ann.ask(), fake.terminal));
    EXPECT_EQ(ann.heard.size(), 3u);
}

TEST(InitQuestions, EndWithThePerson) {
    FakeCluster fake;
    Draft draft;
    for (std::deque<std::string> lines : {std::deque<std::string>{}, {"a", "b", "c", base}}) {
        Person ann{std::move(lines), {}};
        const Status answered = answer_questions(draft, {}, ann.ask(), fake.terminal);
        ASSERT_FALSE(answered);
        EXPECT_THAT(answered.error().message, HasSubstr("give it with --base"));
    }
}

} // namespace
} // namespace pedigree::cli
