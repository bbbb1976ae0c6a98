#include <csignal>
#include <fstream>

#include <gtest/gtest.h>

#include "base/digest.h"
#include "launcher/code.h"
#include "launcher/hardware.h"
#include "launcher/hints.h"
#include "launcher/options.h"
#include "launcher/proxy.h"
#include "launcher/sha256.h"
#include "launcher/told.h"
#include "launcher/user.h"
#include "tests/fakes/scratch.h"

namespace pedigree::launcher {
namespace {

TEST(Options, everything_after_the_dashes_is_the_command) {
    const auto options =
        parse_options({"--drain-seconds", "5", "--train-seconds", "6", "--stop-seconds", "7",
                       "--code", "/c", "--", "python", "--", "--drain-seconds", "x y"});
    ASSERT_TRUE(options) << options.error().message;
    EXPECT_EQ(options->drain.count(), 5);
    EXPECT_EQ(options->train.count(), 6);
    EXPECT_EQ(options->stop.count(), 7);
    EXPECT_EQ(options->code, "/c");
    EXPECT_EQ(options->command,
              (std::vector<std::string>{"python", "--", "--drain-seconds", "x y"}));
    EXPECT_EQ(options->exchange, "/opt/pedigree/exchange"); // never in the working directory
}

TEST(Options, wrong_ones_are_named) {
    for (const auto& arguments :
         std::vector<std::vector<std::string>>{{},
                                               {"--"},
                                               {"python"},
                                               {"--drain-seconds", "-1", "--", "x"},
                                               {"--drain-seconds", "5s", "--", "x"},
                                               {"--train-seconds", "31622401", "--", "x"},
                                               {"--frobnicate", "5", "--", "x"},
                                               {"--code"}}) {
        const auto options = parse_options(arguments);
        EXPECT_FALSE(options);
        EXPECT_EQ(options.error().code, ErrorCode::InvalidInput);
    }
}

TEST(User, an_unknown_uid_gets_a_name_and_a_home) {
    const auto missing =
        missing_user_variables({}, "root:x:0:0::/root:/bin/sh\n", 65532, "/workspace");
    EXPECT_EQ(missing.at("HOME"), "/workspace");
    EXPECT_EQ(missing.at("LOGNAME"), "uid-65532");
    EXPECT_EQ(missing.at("USER"), "uid-65532");
}

TEST(User, what_is_known_or_set_stays) {
    const std::string passwd = "root:x:0:0::/root:/bin/sh\nana:x:1000:1000::/home/ana:/bin/sh";
    EXPECT_EQ(missing_user_variables({}, passwd, 1000, "/w").at("USER"), "ana");
    EXPECT_TRUE(
        missing_user_variables({{"HOME", "/h"}, {"USER", "eve"}}, passwd, 1000, "/w").empty());
}

TEST(Sha256, is_that_of_the_other_programs) {
    EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    std::string bytes;
    for (int i = 0; i < 300; ++i) { // over the ends of blocks and of their padding
        EXPECT_EQ(sha256_hex(bytes), sha256(bytes).hex()) << bytes.size();
        bytes += static_cast<char>(i * 37);
    }
    bytes.resize(1'000'003, 'x');
    EXPECT_EQ(sha256_hex(bytes), sha256(bytes).hex());
}

TEST(Told, is_what_the_pod_was_made_for) {
    const Scratch scratch;
    scratch.write("parameters.json", R"({"a":1})");
    scratch.write("pod.json", R"({"trial":1})");
    Options options;
    options.parameters = scratch.path() / "parameters.json";
    options.configuration = scratch.path() / "pod.json";
    EXPECT_TRUE(check_told(options)); // nothing is said
    options.parameters_digest = sha256(R"({"a":1})").text();
    options.configuration_digest = sha256(R"({"trial":1})").text();
    EXPECT_TRUE(check_told(options));
    const auto problem_with = [&](const std::string& name, const std::string& text) {
        const std::string before = scratch.read(name);
        scratch.write(name, text);
        const auto told = check_told(options);
        scratch.write(name, before);
        return told ? "" : told.error().message;
    };
    EXPECT_NE(
        problem_with("parameters.json", R"({"a":2})").find("other parameters than are recorded"),
        std::string::npos);
    EXPECT_NE(problem_with("pod.json", R"({"trial":2})").find("another ConfigMap"),
              std::string::npos);
    options.configuration = scratch.path() / "none";
    EXPECT_FALSE(check_told(options));
    options.configuration = scratch.path() / "pod.json";
    options.parameters = scratch.path() / "none";
    EXPECT_FALSE(check_told(options));
}

TEST(Proxy, never_stands_before_the_pods_own_recorder) {
    struct Case {
        Environment environment, exceptions;
    };
    const std::string all = "127.0.0.1,localhost";
    const std::vector<Case> cases{
        {{}, {}},
        {{{"NO_PROXY", "a.example"}}, {}}, // no proxy: nothing to except
        {{{"HTTP_PROXY", "http://p:1"}}, {{"NO_PROXY", all}, {"no_proxy", all}}},
        {{{"https_proxy", "http://p:1"}, {"NO_PROXY", "a.example"}},
         {{"NO_PROXY", "a.example," + all}, {"no_proxy", "a.example," + all}}},
        {{{"all_proxy", "socks5://p:1"}, {"no_proxy", "a.example"}, {"NO_PROXY", "b.example"}},
         {{"NO_PROXY", "b.example," + all}, {"no_proxy", "a.example," + all}}},
        {{{"HTTP_PROXY", "http://p:1"}, {"NO_PROXY", "localhost, 127.0.0.1"}},
         {{"no_proxy", "localhost, 127.0.0.1"}}},
        {{{"HTTP_PROXY", "http://p:1"}, {"NO_PROXY", "*"}, {"no_proxy", "*"}}, {}},
    };
    for (const Case& each : cases) {
        EXPECT_EQ(loopback_exceptions(each.environment), each.exceptions);
    }
}

TEST(Hints, are_read_from_the_end_of_the_error_text) {
    const std::string keras =
        "ResourceExhaustedError: OOM when allocating tensor with shape[8192,8192] and type float on "
        "/job:localhost/replica:0/task:0/device:GPU:0 by allocator GPU_0_bfc";
    EXPECT_EQ(failure_hint({1, 0, false, 0, keras}), "CudaOutOfMemory");
    EXPECT_EQ(failure_hint({1, 0, false, 0, "RuntimeError: CUDA out of memory. Tried"}),
              "CudaOutOfMemory");
    EXPECT_EQ(failure_hint({1, 0, false, 0, "ValueError: no"}), "");
    EXPECT_EQ(failure_hint({0, 0, false, 0, keras}), ""); // survived it
    EXPECT_EQ(failure_hint({137, SIGKILL, false, 1, ""}), "OutOfMemory");
    EXPECT_EQ(failure_hint({137, SIGKILL, false, 0, ""}), "");
    EXPECT_EQ(failure_hint({143, SIGTERM, true, 0, ""}), "DeadlineExceeded");
}

TEST(Hardware, is_read_below_the_root_given) {
    const Scratch scratch;
    scratch.write("proc/cpuinfo", "processor : 0\nmodel name\t: Fast 9000\nflags\t\t: fpu avx2\n");
    scratch.write("proc/meminfo", "MemTotal:       1024 kB\n");
    scratch.write("sys/fs/cgroup/memory.max", "4096\n");
    scratch.write("sys/fs/cgroup/memory.events", "low 0\noom 3\noom_kill 2\n");
    scratch.write("proc/driver/nvidia/version", "NVRM version: NVIDIA 535.1\n");
    scratch.write("proc/driver/nvidia/gpus/0000:01/information", "Model: \t\t A100\n");
    const auto hardware = read_hardware({{"CUDA_VERSION", "11.8"}}, scratch.path());
    EXPECT_EQ(hardware.at("cpuModel"), "Fast 9000");
    EXPECT_EQ(hardware.at("cpuFlags"), "fpu avx2");
    EXPECT_EQ(hardware.at("memoryBytes"), "1048576");
    EXPECT_EQ(hardware.at("memoryLimitBytes"), "4096");
    EXPECT_EQ(hardware.at("gpus"), "1");
    EXPECT_EQ(hardware.at("gpuModels"), "A100");
    EXPECT_EQ(hardware.at("gpuDriver"), "NVIDIA 535.1");
    EXPECT_EQ(hardware.at("cudaVersion"), "11.8");
    EXPECT_EQ(kernel_oom_kills(scratch.path()), 2);
}

TEST(Code, is_laid_writable_with_its_links) {
    const Scratch scratch;
    scratch.write("code/src/train.py", "new");
    scratch.write("code/readonly.txt", "x");
    std::filesystem::permissions(scratch.path() / "code/readonly.txt",
                                 std::filesystem::perms::owner_read);
    std::filesystem::create_symlink("src/train.py", scratch.path() / "code/link");
    scratch.write("work/src/train.py", "old");
    ASSERT_TRUE(lay_code(scratch.path() / "code", scratch.path() / "work"));
    EXPECT_EQ(scratch.read("work/src/train.py"), "new");
    EXPECT_EQ(std::filesystem::read_symlink(scratch.path() / "work/link"), "src/train.py");
    const auto modes = std::filesystem::status(scratch.path() / "work/readonly.txt").permissions();
    EXPECT_NE(modes & std::filesystem::perms::owner_write, std::filesystem::perms::none);
    EXPECT_FALSE(lay_code(scratch.path() / "absent", scratch.path() / "work"));
}

} // namespace
} // namespace pedigree::launcher
