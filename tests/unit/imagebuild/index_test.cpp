#include "imagebuild/wheel/index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/scratch.h"
#include "tests/unit/imagebuild/zip_maker.h"

namespace pedigree::imagebuild {
namespace {

using testing::HasSubstr;

// Stands in for an index: answers by URL.
struct FakeIndex final : net::Http {
    std::map<std::string, net::Response> answers;
    std::vector<std::string> asked;
    Result<net::Response> send(const net::Request& request, std::stop_token) override {
        asked.push_back(request.url);
        const auto found = answers.find(request.url);
        net::Response response =
            found == answers.end() ? net::Response{404, {}, ""} : found->second;
        if (request.sink && response.ok()) {
            TRY(request.sink(response.body));
            response.body.clear();
        }
        return response;
    }
};

const std::string page_url = "https://index.example.com/simple/demo/";
const TargetPython python{11, 36, "x86_64"};

class IndexTest : public testing::Test {
  protected:
    void page(const std::string& html) {
        http_.answers[page_url] = {200, {{"Content-Type", "text/html"}}, html};
    }
    Result<WheelFile> fetch(const std::string& content) {
        LockedPackage package{"Demo", "1.0", "", {sha256(content)}, 4};
        WheelIndex index(http_, "https://index.example.com/simple", folder_.path(), {});
        TRY(auto found, index.fetch(package, python, "x.lock"));
        if (const auto* source = std::get_if<SourceOnly>(&found)) {
            return failure(ErrorCode::InvalidInput, source->distribution.file_name,
                           source->refusal);
        }
        return std::get<WheelFile>(std::move(found));
    }
    FakeIndex http_;
    Scratch folder_;
};

TEST_F(IndexTest, PagesAreReadInBothForms) {
    const auto html = parse_index_page(
        "<a href='../../files/demo-1.0-py3-none-any.whl#sha256=ab&amp;x'>x</a>"
        "<a data-x=\"1\" href=\"https://other.example.com/demo-1.0.tar.gz\">y</a><a name=z>",
        "text/html; charset=utf-8", page_url);
    ASSERT_EQ(html.size(), 2);
    EXPECT_EQ(html[0].url, "https://index.example.com/files/demo-1.0-py3-none-any.whl");
    EXPECT_EQ(html[1].name, "demo-1.0.tar.gz");
    const auto json = parse_index_page(
        R"({"files":[{"url":"/f/demo-1.0-py3-none-any.whl","hashes":{"sha256":"cd"}}]})",
        "application/vnd.pypi.simple.v1+json", page_url);
    ASSERT_EQ(json.size(), 1);
    EXPECT_EQ(json[0].sha256_hex, "cd");
    EXPECT_TRUE(parse_index_page("<a href=\"", "text/html", page_url).empty());
}

TEST_F(IndexTest, DownloadsOnceAndVerifies) {
    page("<a href=\"/f/demo-1.0-py3-none-any.whl#sha256=" + sha256("wheel").hex() + "\">d</a>");
    http_.answers["https://index.example.com/f/demo-1.0-py3-none-any.whl"] = {200, {}, "wheel"};
    const auto first = fetch("wheel");
    ASSERT_TRUE(first) << first.error().message;
    EXPECT_EQ(first->digest, sha256("wheel"));
    EXPECT_EQ(first->path.filename(), "demo-1.0-py3-none-any.whl");
    http_.asked.clear();
    ASSERT_TRUE(fetch("wheel"));
    EXPECT_TRUE(http_.asked.empty());
}

TEST_F(IndexTest, AnotherFileThanTheLockedOneIsRefused) {
    page("<a href=\"/f/demo-1.0-py3-none-any.whl\">d</a>"); // the page does not say its hash
    http_.answers["https://index.example.com/f/demo-1.0-py3-none-any.whl"] = {200, {}, "forged"};
    const auto refused = fetch("wheel");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, "WheelHashMismatch");
    EXPECT_THAT(refused.error().message, HasSubstr(sha256("forged").text()));
    EXPECT_THAT(refused.error().message, HasSubstr("x.lock line 4"));
    EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

TEST_F(IndexTest, SaysWhatIsWrong) {
    EXPECT_EQ(fetch("w").error().reason, "PackageNotFound");
    page("<a href=\"demo-1.0.tar.gz#sha256=" + sha256("w").hex() + "\">d</a>");
    EXPECT_EQ(fetch("w").error().reason, "demo-1.0.tar.gz");
    EXPECT_THAT(fetch("w").error().message, HasSubstr("pip wheel --no-deps Demo==1.0"));
    page("<a href=\"demo-1.0-cp312-cp312-manylinux_2_17_x86_64.whl#sha256=" + sha256("w").hex() +
         "\">d</a>");
    EXPECT_THAT(
        fetch("w").error().message,
        HasSubstr("E0127 x.lock line 4: Demo==1.0 has no wheel for cp311 with glibc 2.36 on "
                  "x86_64; it has cp312-cp312-manylinux_2_17_x86_64"));
    page("<a href=\"demo-1.0-cp312-cp312-manylinux_2_17_x86_64.whl#sha256=" + sha256("x").hex() +
         "\">d</a><a href=\"demo-1.0.tar.gz#sha256=" + sha256("w").hex() + "\">d</a>");
    EXPECT_EQ(fetch("w").error().reason, "demo-1.0.tar.gz"); // what `pedigree lock` then locks
    EXPECT_EQ(fetch("x").error().reason, "NoFittingWheel");
    page("<a href=\"demo-0.9.zip\">d</a>"); // the page tells no hash
    EXPECT_EQ(fetch("w").error().reason, "NoFittingWheel");
    page("<a href=\"demo-1.0-py3-none-any.whl#sha256=" + sha256("other").hex() + "\">d</a>");
    EXPECT_EQ(fetch("w").error().reason, "WheelHashMismatch");
    http_.answers[page_url] = {403, {}, ""};
    EXPECT_EQ(fetch("w").error().reason, "IndexUnavailable");
}

} // namespace
} // namespace pedigree::imagebuild
