// Where pip would choose or refuse, so do we: compared with the answers of this machine's pip.

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/process.h"
#include "imagebuild/lock/marker.h"
#include "imagebuild/wheel/wheel_name.h"
#include "tests/world/images/images.h"

namespace pedigree::imagebuild {
namespace {

// What the packaging of pip prints; nothing: this machine has no pip.
std::vector<std::string> ask_pip(const std::string& script, std::vector<std::string> arguments) {
    ProcessRequest request;
    request.argv = {"/usr/bin/env", "python3", "-c", script};
    request.argv.insert(request.argv.end(), arguments.begin(), arguments.end());
    request.environment = {{"PATH", std::getenv("PATH")}, {"HOME", std::getenv("HOME")}};
    request.output_bytes_max = 16 << 20;
    const auto result = run_process(request);
    EXPECT_TRUE(result) << result.error().message;
    if (!result || !result->succeeded()) {
        ADD_FAILURE() << (result ? result->error_output : "");
        return {};
    }
    std::vector<std::string> lines;
    for (std::size_t begin = 0; begin < result->output.size();) {
        const std::size_t end = std::min(result->output.find('\n', begin), result->output.size());
        lines.push_back(result->output.substr(begin, end - begin));
        begin = end + 1;
    }
    return lines;
}

// The tags of CPython 3.11 with glibc 2.36, the best first.
constexpr const char* tags_script = R"py(
from pip._vendor.packaging import tags
legacy = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}
platforms = []
for minor in range(36, 4, -1):
    platforms.append("manylinux_2_%d_x86_64" % minor)
    if minor in legacy:
        platforms.append(legacy[minor] + "_x86_64")
platforms.append("linux_x86_64")
seen = set()
for tag in [*tags.cpython_tags((3, 11), ["cp311"], platforms), *tags.compatible_tags((3, 11), "cp311", platforms)]:
    if str(tag) not in seen:
        seen.add(str(tag))
        print(tag)
)py";

TEST(PipCases, TheOrderOfTagsIsPips) {
    const auto listed = ask_pip(tags_script, {});
    ASSERT_GT(listed.size(), 500U);
    const TargetPython target{11, 36, "x86_64"};
    int before = 1 << 30;
    std::string last;
    for (const std::string& tag : listed) {
        const auto rank = wheel_rank(*parse_wheel_name("x-1-" + tag + ".whl"), target);
        ASSERT_TRUE(rank) << tag;
        EXPECT_LT(*rank, before) << tag << " behind " << last;
        before = *rank;
        last = tag;
    }
}

constexpr const char* specifiers_script = R"py(
import sys
from pip._vendor.packaging.specifiers import SpecifierSet
for text in sys.argv[2:]:
    print(SpecifierSet(text).contains(sys.argv[1], prereleases=True))
)py";

TEST(PipCases, RequiresPythonIsReadAsPipReadsIt) {
    const std::vector<std::string> specifiers{
        ">=3.12",      ">=3.8",       "<3.11",          "<=3.11",
        "<=3.11.2",    "==3.11.*",    "!=3.11.*",       "~=3.8",
        "~=3.11.1",    "~=3.11.3",    ">3.11",          ">3.11.1",
        "<4,>=3.7.1",  "==3.11.2",    ">=3.6, !=3.7.*", ">=2.7,!=3.0.*,!=3.1.*",
        "<3.12,>=3.9", ">=3.11.0rc1", "<3.11.2rc1"};
    for (const int patch : {0, 2, 14}) {
        std::vector<std::string> arguments{fmt::format("3.11.{}", patch)};
        arguments.insert(arguments.end(), specifiers.begin(), specifiers.end());
        const auto answers = ask_pip(specifiers_script, arguments);
        ASSERT_EQ(answers.size(), specifiers.size());
        for (std::size_t i = 0; i < specifiers.size(); ++i) {
            const auto ours = marker_holds(marker_of_requires_python(specifiers[i]),
                                           {{11, 36, "x86_64", patch}, {}});
            ASSERT_TRUE(ours) << specifiers[i] << ": " << ours.error().message;
            EXPECT_EQ(*ours ? "True" : "False", answers[i])
                << specifiers[i] << " of " << arguments[0];
        }
    }
}

constexpr const char* markers_script = R"py(
import sys
from pip._vendor.packaging.markers import Marker
environment = {"implementation_name": "cpython", "implementation_version": "3.11.2", "os_name": "posix",
               "platform_machine": "x86_64", "platform_python_implementation": "CPython", "platform_release": "",
               "platform_system": "Linux", "platform_version": "", "python_full_version": "3.11.2",
               "python_version": "3.11", "sys_platform": "linux", "extra": ""}
for text in sys.argv[1:]:
    print(Marker(text).evaluate(environment))
)py";

TEST(PipCases, MarkersOfAKnownReleaseAreDecidedAsPipDecidesThem) {
    const std::vector<std::string> markers{
        "python_full_version < '3.11.3'",
        "python_full_version >= '3.11.3'",
        "python_full_version == '3.11.2'",
        "python_version < '3.11'",
        "python_version >= '3.9' and sys_platform == 'win32'",
        "implementation_version > '3.11.1' or os_name == 'nt'",
        "platform_machine in 'x86_64 aarch64'",
        "'linux' in sys_platform",
        "python_version not in '3.8, 3.9'",
        "(python_full_version ~= '3.11.1') and platform_system != 'Darwin'"};
    const auto answers = ask_pip(markers_script, markers);
    ASSERT_EQ(answers.size(), markers.size());
    for (std::size_t i = 0; i < markers.size(); ++i) {
        const auto ours = marker_holds(markers[i], {{11, 36, "x86_64", 2}, {}});
        ASSERT_TRUE(ours) << markers[i];
        EXPECT_EQ(*ours ? "True" : "False", answers[i]) << markers[i];
    }
}

// Of several locked files of one version pip takes the closest, then the newest build.
TEST(PipCases, OfSeveralLockedFilesTheOneThatPipTakes) {
    Images images;
    for (const char* build : {"2", "10", "10a", "9"}) {
        images.add({.name = "case_build",
                    .build = build,
                    .files = {{"case_build.py", build}, {"case_build/" + std::string(build), ""}}});
    }
    for (const char* tags : {"cp311-cp311-manylinux_2_17_x86_64",
                             "cp311-cp311-manylinux_2_28_x86_64", "py3-none-any"}) {
        images.add(
            {.name = "case_tags", .tags = tags, .files = {{std::string(tags) + ".txt", ""}}});
    }
    // One requirement with all hashes, as resolvers write it.
    std::map<std::string, std::string> lines;
    for (const auto& [name, bytes] : images.made) {
        lines[name.substr(0, name.find('-'))] += " --hash=sha256:" + sha256(bytes).hex();
    }
    images.lock = "";
    for (const auto& [name, hashes] : lines) {
        *images.lock += name + "==1.0" + hashes + "\n";
    }
    const Outcome outcome = images.assemble(images.base(slim()));
    ASSERT_EQ(outcome.refusal, "");
    const std::string site = "usr/local/lib/python3.11/site-packages/";
    EXPECT_TRUE(outcome.has(site + "case_build/10a"));
    EXPECT_TRUE(outcome.has(site + "cp311-cp311-manylinux_2_28_x86_64.txt"));
}

constexpr const char* shared_script = R"py(
import base64, os, subprocess, sys, tempfile
folder = tempfile.mkdtemp()
lock = sys.argv[1]
for name, data in zip(sys.argv[2::2], sys.argv[3::2]):
    with open(os.path.join(folder, name), "wb") as file:
        file.write(base64.b64decode(data))
open(os.path.join(folder, "lock"), "w").write(lock)
subprocess.run([sys.executable, "-m", "pip", "install", "-q", "--no-index", "--find-links", folder, "--prefix",
                os.path.join(folder, "to"), "--ignore-installed", "--no-warn-script-location", "-r",
                os.path.join(folder, "lock")], check=True, stderr=subprocess.STDOUT, stdout=sys.stderr)
for top, _, names in os.walk(os.path.join(folder, "to")):
    if "case_shared.txt" in names:
        print(open(os.path.join(top, "case_shared.txt")).read())
)py";

// L6: of two wheels that have one path, the file of the one that pip installs last.
TEST(PipCases, OfTwoWheelsThatShareAPathTheFileThatPipLeaves) {
    using Needs = std::map<std::string, std::vector<std::string>>;
    const std::vector<Needs> cases{
        {{"case_a", {}}, {"case_b", {}}},
        {{"case_a", {}}, {"case_b", {}}, {"case_c", {}}},
        {{"case_a", {"case-b"}}, {"case_b", {}}},
        {{"case_a", {}}, {"case_b", {"case-a>=1"}}},
        {{"case_a", {}}, {"case_b", {"case-c"}}, {"case_c", {}}},
        {{"case_a", {}}, {"case_b", {"case-a; extra == 'x'"}}},
        {{"case_a", {}}, {"case_b", {"case-a; python_version < '3'"}}},
        {{"case_a", {"case-c"}}, {"case_b", {"case-a"}}, {"case_c", {}}},
        {{"case_a", {"case-b"}}, {"case_b", {"case-a"}}},
    };
    for (const Needs& needs : cases) {
        Images images;
        for (const auto& [name, required] : needs) {
            images.add(
                {.name = name, .files = {{"case_shared.txt", name}}, .requires_dist = required});
        }
        std::vector<std::string> arguments{*images.lock};
        for (const auto& [file_name, bytes] : images.made) {
            arguments.push_back(file_name);
            arguments.push_back(to_base64(bytes));
        }
        const auto kept = ask_pip(shared_script, arguments);
        ASSERT_EQ(kept.size(), 1U);
        const Outcome outcome = images.assemble(images.base(slim()));
        ASSERT_EQ(outcome.refusal, "");
        ASSERT_FALSE(outcome.warnings.empty());
        EXPECT_THAT(outcome.warnings.back(),
                    testing::HasSubstr(fmt::format("the one of {} is kept", kept.front())));
        const auto lies =
            outcome.texts.find("usr/local/lib/python3.11/site-packages/case_shared.txt");
        ASSERT_NE(lies, outcome.texts.end());
        EXPECT_EQ(lies->second, kept);
    }
}

// B9: files of an image are of 1970, which a ZIP cannot say; what the documentation advises works.
TEST(PipCases, B9WhatIsDated1970CanBePackedAsTheDocumentationSays) {
    const auto packed = ask_pip(R"py(
import os, tempfile, zipfile
folder = tempfile.mkdtemp()
path = os.path.join(folder, "module.py")
open(path, "w").close()
os.utime(path, (0, 0))
with zipfile.ZipFile(os.path.join(folder, "x.zip"), "w", strict_timestamps=False) as archive:
    archive.write(path, "module.py")
print("well")
)py",
                                {});
    EXPECT_THAT(packed, testing::ElementsAre("well"));
}

} // namespace
} // namespace pedigree::imagebuild
