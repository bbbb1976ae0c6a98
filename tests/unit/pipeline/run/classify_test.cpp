#include "pipeline/run/classify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"

namespace pedigree::run {
namespace {

PodFacts ended(std::int64_t exit_code, const std::string& reason) {
    PodFacts pod;
    pod.phase = exit_code == 0 ? "Succeeded" : "Failed";
    pod.train.name = train_container;
    pod.train.terminated = true;
    pod.train.exit_code = exit_code;
    pod.train.reason = reason;
    pod.prepare.terminated = true;
    pod.prepare.exit_code = 0;
    return pod;
}

void expect(const Verdict& verdict, FailureClass failure_class, const std::string& reason) {
    EXPECT_EQ(to_string(verdict.failure_class), to_string(failure_class)) << verdict.message;
    EXPECT_EQ(verdict.reason, reason) << verdict.message;
    EXPECT_FALSE(verdict.message.empty());
}

TEST(Classify, ReadsTheContainersEnd) {
    expect(classify(ended(0, "Completed"), "", {}), FailureClass::None, "Completed");
    expect(classify(ended(3, "Error"), "", {}), FailureClass::UserCode, "ExitCode");
    expect(classify(ended(137, "OOMKilled"), "", {}), FailureClass::OutOfMemory, "OOMKilled");
    expect(classify(ended(137, "Error"), "", {}), FailureClass::UserCode, "Signal");
    expect(classify(ended(139, "Error"), "", {}), FailureClass::UserCode, "Signal");
    const auto words = [](int code) { return classify(ended(code, "Error"), "", {}).message; };
    EXPECT_NE(words(135).find("SIGBUS (often a full /dev/shm: raise spec.resources.sharedMemory)"),
              std::string::npos);
    EXPECT_NE(words(132).find("SIGILL"), std::string::npos);
    EXPECT_NE(words(159).find("SIGSYS"), std::string::npos);
    EXPECT_NE(words(160).find("signal 32"), std::string::npos);
    expect(classify(ended(128, "StartError"), "", {}), FailureClass::Configuration, "StartError");
    expect(classify(ended(137, "ContainerStatusUnknown"), "", {}), FailureClass::Infrastructure,
           "ContainerStatusUnknown");
}

// 137 alone tells neither preemption from memory nor either from a kill: the order decides.
TEST(Classify, PutsTheClustersWordFirst) {
    PodFacts pod = ended(137, "OOMKilled");
    pod.conditions.push_back({"DisruptionTarget", "True", "PreemptionByScheduler", "preempted"});
    LauncherWord word;
    word.deadline_exceeded = true;
    expect(classify(pod, "", word), FailureClass::Infrastructure, "PreemptionByScheduler");
    pod.conditions.front().status = "False";
    expect(classify(pod, "", word), FailureClass::OutOfMemory, "OOMKilled");
    pod.train.reason = "Error";
    expect(classify(pod, "", word), FailureClass::Deadline, "TrainDeadlineExceeded");
}

TEST(Classify, TellsTheNodesShortageFromThePodsOwn) {
    PodFacts pod = ended(137, "Error");
    pod.reason = "Evicted";
    pod.message = "The node was low on resource: memory.";
    expect(classify(pod, "", {}), FailureClass::Infrastructure, "Evicted");
    pod.message = "Pod ephemeral local storage usage exceeds the total limit of containers 10Gi.";
    expect(classify(pod, "", {}), FailureClass::Configuration, "ScratchExceeded");
    pod.message = "Usage of EmptyDir volume \"workspace\" exceeds the limit \"10Gi\".";
    expect(classify(pod, "", {}), FailureClass::Configuration, "ScratchExceeded");
}

// A data loader killed for memory does not spoil a script that went on and ended well.
TEST(Classify, BelievesAnExitCodeOfZero) {
    expect(classify(ended(0, "OOMKilled"), "", {}), FailureClass::None, "Completed");
}

TEST(Classify, TakesPreparesOwnWord) {
    PodFacts pod = ended(0, "");
    pod.phase = "Failed";
    pod.train = {};
    pod.prepare.exit_code = 1;
    pod.prepare.message = R"({"component":"Prepare","failure":{"class":"Configuration",)"
                          R"("reason":"DigestMismatch","message":"input mnist: is sha256:1"}})";
    expect(classify(pod, "", {}), FailureClass::Configuration, "DigestMismatch");
    pod.prepare.message = "not JSON";
    expect(classify(pod, "", {}), FailureClass::Infrastructure, "PrepareFailed");
    // "None" is no class that a failure may have.
    pod.prepare.message = R"({"failure":{"class":"","reason":"x"}})";
    expect(classify(pod, "", {}), FailureClass::Infrastructure, "PrepareFailed");
    pod.prepare.reason = "OOMKilled";
    expect(classify(pod, "", {}), FailureClass::Infrastructure, "PrepareOutOfMemory");
}

TEST(Classify, TakesTheLaunchersWordBeforeTheExitCode) {
    LauncherWord word;
    word.failure_hint = "CudaOutOfMemory";
    expect(classify(ended(1, "Error"), "", word), FailureClass::OutOfMemory, "CudaOutOfMemory");
    word = {};
    word.started = false;
    word.error = "python3: not found";
    const Verdict verdict = classify(ended(127, "Error"), "", word);
    expect(verdict, FailureClass::Configuration, "CommandNotStarted");
    EXPECT_THAT(verdict.message, testing::HasSubstr("python3: not found"));
}

TEST(Classify, QuotesTheScriptsLastLine) {
    LauncherWord word;
    word.stderr_tail = "Traceback\nValueError: the labels do not fit\n\n";
    EXPECT_THAT(
        classify(ended(3, "Error"), "", word).message,
        testing::HasSubstr("exit code 3; its last line: ValueError: the labels do not fit"));
}

// Whatever the last line is made of, the message is valid text and holds what a person looks for.
TEST(Classify, QuotesALineThatAPersonCanRead) {
    std::string rule;
    for (int i = 0; i < 100; ++i) {
        rule += "\u2500";
    }
    const std::string words = "ValueError: no";
    const std::vector<std::pair<std::string, std::string>> cases{
        {"ValueError: " + rule + "\n", "its last line: ValueError: \u2500\u2500\u2500"},
        {words + "\n" + rule + "\n", "its last line: " + words + ";"},
        {words + "\n 10%|\u2588\r 99%|\u2588\u2588\r", "its last line: 99%|\u2588\u2588;"},
        {words + "\n\u2588\r\u2588\u2588\r\r\n", "its last line: " + words + ";"},
        {rule + "\n\n", "its last line: \u2500\u2500\u2500"},
        {"\u6f22\u5b57\n====\n", "its last line: \u6f22\u5b57;"},
        {"boom \x1b[31mred\n", "its last line: boom \\x1b[31mred;"},
        {" \n\r\n", "exit code 3; see"},
        {"", "exit code 3; see"},
    };
    for (const auto& [tail, expected] : cases) {
        LauncherWord word;
        word.stderr_tail = tail;
        const std::string message = classify(ended(3, "Error"), "", word).message;
        EXPECT_THAT(message, testing::HasSubstr(expected));
        EXPECT_TRUE(is_utf8(message)) << message;
    }
}

TEST(Classify, KnowsPodsThatVanished) {
    expect(classify(std::nullopt, "", {}), FailureClass::Infrastructure, "PodLost");
    expect(classify(std::nullopt, "JobDeleted", {}), FailureClass::Infrastructure, "JobDeleted");
    expect(classify(std::nullopt, "DeadlineExceeded", {}), FailureClass::Deadline,
           "DeadlineExceeded");
    PodFacts never_started;
    never_started.phase = "Failed";
    expect(classify(never_started, "", {}), FailureClass::Infrastructure, "PodLost");
}

TEST(FailureClass, ReadsBackAsWritten) {
    for (const auto failure_class :
         {FailureClass::None, FailureClass::Infrastructure, FailureClass::OutOfMemory,
          FailureClass::Configuration, FailureClass::UserCode, FailureClass::Deadline,
          FailureClass::Cancelled}) {
        EXPECT_EQ(from_word<FailureClass>(to_string(failure_class)), failure_class);
    }
    EXPECT_EQ(from_word<FailureClass>("Bug"), std::nullopt);
}

} // namespace
} // namespace pedigree::run
