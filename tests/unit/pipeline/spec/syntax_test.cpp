// The parts that the cases reach only through others.

#include "pipeline/spec/syntax.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "pipeline/spec/field_error.h"
#include "pipeline/spec/image_reference.h"
#include "pipeline/spec/quantity.h"

namespace pedigree::spec {
namespace {

TEST(Quantity, CountsBytesAndCores) {
    EXPECT_EQ(parse_bytes("1Gi").value(), 1073741824);
    EXPECT_EQ(parse_bytes("1G").value(), 1000000000);
    EXPECT_EQ(parse_bytes("1.5Gi").value(), 1610612736);
    EXPECT_EQ(parse_bytes("0.001").value(), 1) << "rounded up";
    EXPECT_EQ(parse_bytes("8191Pi").value(), 8191LL * 1024 * 1024 * 1024 * 1024 * 1024);
    EXPECT_FALSE(parse_bytes("8192Pi")) << "beyond 63 bits";
    EXPECT_FALSE(parse_bytes("9999999999999999Pi"));
    EXPECT_FALSE(parse_bytes("1e3"));
    EXPECT_EQ(parse_millicores("1.5").value(), 1500);
    EXPECT_EQ(parse_millicores("250m").value(), 250);
    EXPECT_FALSE(parse_millicores("1."));
}

TEST(Quantity, PrintsTheShortestBinaryForm) {
    EXPECT_EQ(bytes_quantity(4LL * 1024 * 1024 * 1024), "4Gi");
    EXPECT_EQ(bytes_quantity(1536LL * 1024 * 1024), "1536Mi");
    EXPECT_EQ(bytes_quantity(1500), "1500");
    EXPECT_EQ(bytes_quantity(0), "0");
}

TEST(ImageReference, ReadsBackAsWritten) {
    const std::string digest = "@sha256:" + std::string(64, 'a');
    const std::string text = "registry.example.com:5000/a/b:2.13.0" + digest;
    const auto reference = parse_image_reference(text);
    ASSERT_TRUE(reference) << reference.error().message;
    EXPECT_EQ(reference->host, "registry.example.com:5000");
    EXPECT_EQ(reference->repository, "a/b");
    EXPECT_EQ(reference->tag, "2.13.0");
    EXPECT_EQ(reference->text(), text);
    EXPECT_EQ(reference->pull_text(), "registry.example.com:5000/a/b" + digest);
}

TEST(HostOf, IsTheUrlsHostInLowerCase) {
    EXPECT_EQ(host_of("https://Git.Example.com:8443/x"), "git.example.com:8443");
    EXPECT_EQ(host_of("https://u:p@git.example.com?x"), "git.example.com");
    EXPECT_EQ(host_of("no URL"), "");
}

TEST(NearestWord, IsAtMostTwoEditsAway) {
    const std::vector<std::string> words = {"project", "command", "seed"};
    EXPECT_EQ(nearest_word("projct", words), "project");
    EXPECT_EQ(nearest_word("comand", words), "command");
    EXPECT_EQ(nearest_word("sed", words), "seed");
    EXPECT_EQ(nearest_word("resources", words), "");
}

TEST(Quoted, ShortensAndHidesUserInformation) {
    EXPECT_EQ(quoted(Json("https://u:p@host/x@y")), "\"https://[redacted]@host/x@y\"");
    EXPECT_LE(quoted(Json(std::string(5000, 'x'))).size(), 90U);
    EXPECT_EQ(quoted(Json::object()), "\"object\"");
}

} // namespace
} // namespace pedigree::spec
