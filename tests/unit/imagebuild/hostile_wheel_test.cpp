// Wheels, tables and file names that lie, beyond what the ZIP reader refuses.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "imagebuild/layers.h"
#include "imagebuild/wheel/index.h"
#include "imagebuild/wheel/wheel_tables.h"
#include "tests/fakes/scratch.h"
#include "tests/unit/imagebuild/zip_maker.h"

namespace pedigree::imagebuild {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::size_t megabytes = 1024 * 1024;

class HostileWheel : public testing::Test {
  protected:
    Result<Wheel> open(const MadeZip& zip, const std::string& name = "demo") {
        return open_wheel(write_zip(folder_.path(), name + "-1.0-py3-none-any.whl", zip), Digest{});
    }
    // Why a wheel with a changed table of its .dist-info is refused.
    std::string refusal(const std::string& table, const std::string& text) {
        MadeZip zip = wheel_zip("demo", "1.0", {{"demo.py", "x"}});
        for (MadeMember& member : zip.members) {
            if (member.name.ends_with("/" + table)) {
                member.bytes = text;
            }
        }
        const auto opened = open(zip);
        return opened ? "opened" : opened.error().message;
    }
    Scratch folder_;
};

std::string repeated(const std::string& text, std::size_t bytes) {
    std::string out;
    while (out.size() < bytes) {
        out += text;
    }
    return out;
}

TEST_F(HostileWheel, RecordMayNotLie) {
    const std::string good = record_hash(sha256("x"));
    EXPECT_THAT(refusal("RECORD", "demo.py," + good + ",2\n"), HasSubstr("another size"));
    EXPECT_THAT(refusal("RECORD", "demo.py,md5=AAAA,1\n"), HasSubstr("is no sha256 hash"));
    EXPECT_THAT(refusal("RECORD", "demo.py,sha256=AAAA,1\n"), HasSubstr("is no sha256 hash"));
    EXPECT_THAT(refusal("RECORD", "demo.py,,\n"), HasSubstr("is no sha256 hash"));
    EXPECT_THAT(refusal("RECORD", "../../etc/x," + good + ",1\n"), HasSubstr("which is missing"));
    EXPECT_THAT(refusal("RECORD", "/demo.py," + good + ",1\n"), HasSubstr("which is missing"));
    const std::string other = record_hash(sha256("y"));
    EXPECT_THAT(refusal("RECORD", "demo.py," + good + ",1\ndemo.py," + other + ",1\n"),
                HasSubstr("twice, with two hashes"));
    EXPECT_THAT(refusal("RECORD", "demo.py," + good + "\n"), HasSubstr("three fields"));
    EXPECT_THAT(refusal("RECORD", "\"demo.py," + good + ",1\n"), HasSubstr("has no end"));
    EXPECT_THAT(refusal("RECORD", ""), HasSubstr("stands in no RECORD"));
}

// pip takes every hash that hashlib guarantees.
TEST_F(HostileWheel, RecordMayNotLieByAnotherHash) {
    const auto row = [](const char* hash) { return fmt::format("demo.py,sha512={},1\n", hash); };
    EXPECT_THAT(refusal("RECORD", row("EhtHdKdZkkopKcSkEvtuMbmqp0ZGaEDvzEp21pqUFJ4jZOOYPWRv6vqhtRF4"
                                      "XlyekK7cMNpqa-rVUg7MmcZiag")), // of "y"
                HasSubstr("another hash"));
    EXPECT_THAT(refusal("RECORD", row("pKvURIxJVi2CgRXROh_M6pJ_UrTVRZKX-LQ-QtqJI4vBNibkPcs43bCCSIkn"
                                      "7JBPtCBXRDmD6IWFF51QVRr-Yg")), // of "x"
                Not(HasSubstr("another hash")));
}

// The hash is found out where the bytes are copied, and the layer is not made.
TEST_F(HostileWheel, AWrongHashEndsTheLayer) {
    MadeZip zip = wheel_zip("demo", "1.0", {{"demo.py", "x = 1\n"}});
    zip.members[0].bytes = "x = 2\n";
    auto wheels = std::make_shared<std::vector<Wheel>>();
    wheels->push_back(*open(zip));
    BaseInventory base;
    base.scheme = {"usr/lib/site", "usr/bin", "usr/include", "usr", "/usr/bin/python3"};
    std::vector<std::string> warnings;
    const auto layers = plan_wheel_layers(wheels, base, LayerForm::Gzip, warnings);
    ASSERT_TRUE(layers);
    auto writer = LayerWriter::create(folder_.path() / "layer");
    const Status made = layers->at(0).write(*writer);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().reason, "WheelRefused");
    EXPECT_THAT(made.error().message, HasSubstr("demo.py has not the digest"));
}

TEST_F(HostileWheel, TablesThatWouldFillMemoryAreRefused) {
    EXPECT_THAT(refusal("RECORD", std::string(16 * megabytes, ',')), HasSubstr("three fields"));
    EXPECT_THAT(refusal("RECORD", repeated(",,\n", 16 * megabytes - 8)),
                HasSubstr("more than 200000 rows"));
    EXPECT_THAT(refusal("RECORD", std::string(16 * megabytes + 1, 'x')), HasSubstr("more than"));
    EXPECT_THAT(refusal("METADATA", repeated("a:\n", 16 * megabytes - 8)),
                HasSubstr("another package"));
    EXPECT_THAT(
        parse_entry_points("[gui_scripts]\n" + repeated("a=b:c\n", megabytes)).error().message,
        HasSubstr("more than 2000 scripts"));
    EXPECT_LE(parse_header_fields(repeated("a:\n", megabytes)).size(), header_lines_max);
}

TEST_F(HostileWheel, TablesMustBeThere) {
    for (const char* table : {"RECORD", "METADATA", "WHEEL"}) {
        MadeZip zip = wheel_zip("demo", "1.0", {{"demo.py", "x"}});
        std::erase_if(zip.members, [&](const MadeMember& member) {
            return member.name == std::string("demo-1.0.dist-info/") + table;
        });
        EXPECT_THAT(open(zip).error().message, HasSubstr(std::string(table) + " is missing"));
    }
    EXPECT_THAT(open({{{"demo.py", "x"}}, "", "", ""}).error().message,
                HasSubstr("no .dist-info folder"));
    EXPECT_THAT(open(wheel_zip("other", "1.0", {})).error().message,
                HasSubstr("no .dist-info folder of its own name"));
}

TEST_F(HostileWheel, FilesTakeNoFoldersPlace) {
    BaseInventory base;
    base.scheme = {"usr/local/lib/site", "usr/local/bin", "usr/local/include", "usr/local",
                   "/usr/bin/python3"};
    base.directories = {"usr/local/lib/site/numpy"};
    const auto made = [&](std::vector<std::pair<std::string, std::vector<MadeMember>>> contents) {
        auto wheels = std::make_shared<std::vector<Wheel>>();
        for (auto& [name, members] : contents) {
            wheels->push_back(*open(wheel_zip(name, "1.0", std::move(members)), name));
        }
        std::vector<std::string> warnings;
        const auto layers = plan_wheel_layers(wheels, base, LayerForm::Gzip, warnings);
        auto writer = LayerWriter::create(folder_.path() / "layer");
        const Status status = layers->at(0).write(*writer);
        return status ? std::string("made") : status.error().message;
    };
    EXPECT_EQ(made({{"demo", {{"demo/a.py", "x"}}}}), "made");
    EXPECT_THAT(made({{"demo", {{"numpy", "x"}}}}), HasSubstr("is a folder of the base image"));
    EXPECT_THAT(made({{"demo", {{"demo-1.0.data/data/bin", "x"}}}}),
                HasSubstr("demo installs usr/local/bin, which is a folder of the base image"));
    EXPECT_THAT(
        made({{"demo", {{"space", "x"}}}, {"other", {{"space-x", "y"}, {"space/a.py", "y"}}}}),
        HasSubstr("space, which is a folder for other"));
}

TEST(HostileNames, WheelsAreNamedInPlainLetters) {
    for (const std::string& name :
         {std::string("demo-1.0\0-py3-none-any.whl", 26),
          std::string("demo-1.0-py3-none-any\n.whl"),
          std::string("d\xc3\xa9mo-1.0-py3-none-any.whl"),
          std::string("..-1.0-../py3-none-any.whl"), std::string("demo-1.0-py3-none-any.whl\0", 26),
          "demo-" + std::string(300, '1') + "-py3-none-any.whl"}) {
        EXPECT_FALSE(parse_wheel_name(name)) << name;
    }
    EXPECT_TRUE(parse_wheel_name("demo-1!1.0+cpu-py3-none-any.whl"));
}

TEST(HostileNames, PagesOfTheIndexCostTheirSize) {
    const std::string page = "https://index.example.com/simple/demo/";
    const std::string ampersands = "<a href=\"" + repeated("&amp;", 4 * megabytes) + "\">";
    EXPECT_TRUE(parse_index_page(ampersands, "text/html", page).empty());
    EXPECT_TRUE(parse_index_page(repeated("<a ", 4 * megabytes), "text/html", page).empty());
    EXPECT_TRUE(parse_index_page(repeated("[", megabytes), "json", page).empty());
    const auto many = parse_index_page(repeated("<a href=x.whl>", megabytes) +
                                           repeated("<a href='x.whl'>", megabytes),
                                       "text/html", page);
    EXPECT_EQ(many.size(), 20'000);
    EXPECT_TRUE(parse_index_page("<a href='https://u:p@x/y.whl'><a href='file:///etc/passwd'>"
                                 "<a href='a%2f..%2fb.whl'>",
                                 "text/html", page)
                    .empty());
}

} // namespace
} // namespace pedigree::imagebuild
