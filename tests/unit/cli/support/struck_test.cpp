#include "cli/support/struck.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace pedigree::cli {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::UnorderedElementsAre;

std::string of(const std::string& text) {
    std::set<std::string> found;
    return struck(text, found);
}

TEST(Struck, TakesWhatStandsWhereACredentialDoes) {
    EXPECT_EQ(of("postgres://ann:p@ss:word@db.example.com/pedigree?x=1"),
              "postgres://ann:[redacted]@db.example.com/pedigree?x=1");
    EXPECT_EQ(of("password=hunter2 host=db"), "password=[redacted] host=db");
    EXPECT_EQ(of(R"({"accessToken": "abc def", "n": 1})"),
              R"({"accessToken": "[redacted]", "n": 1})");
    EXPECT_EQ(of("AWS_SECRET_ACCESS_KEY='wJalr'"), "AWS_SECRET_ACCESS_KEY='[redacted]'");
    EXPECT_EQ(of("Authorization: Basic YW5uOng=\r\nHost: a"),
              "Authorization: [redacted]\r\nHost: a");
    EXPECT_EQ(of("curl -H Bearer eyJhbGciOi.x.y, twice"), "curl -H Bearer [redacted], twice");
    EXPECT_EQ(of("a -----BEGIN EC PRIVATE KEY-----\nMHc\n-----END EC PRIVATE KEY----- b"),
              "a [redacted] b");
    EXPECT_EQ(of("-----BEGIN PRIVATE KEY-----\ncut"), "[redacted]");
}

// Logs hold JSON within JSON.
TEST(Struck, TakesItFromEscapedJson) {
    EXPECT_EQ(of(R"({"message":"got {\"apiKey\":\"k-123\"} back"})"),
              R"({"message":"got {\"apiKey\":\"[redacted]\"} back"})");
    EXPECT_EQ(of(R"({"error":"dial s3://a:b@host\" failed"})"),
              R"({"error":"dial s3://a:[redacted]@host\" failed"})");
}

TEST(Struck, LeavesWhatOnlySoundsLikeOne) {
    for (const std::string text :
         {R"({"secretName": "pedigree-database"})", R"({"secret": {"secretName": "a"}})",
          R"({"automountServiceAccountToken": false})", "the token: it has expired",
          "https://registry.example.com:5000/a@sha256:00", "10.96.0.1:443", "Secret \"a\" is away",
          "-----BEGIN CERTIFICATE-----\nMII", "a=b", "=", ":", "://", "", "B"}) {
        EXPECT_EQ(of(text), text);
    }
}

TEST(Struck, TellsWhatItTook) {
    std::set<std::string> found;
    struck("s3://a:one@h password=two", found);
    EXPECT_THAT(found, UnorderedElementsAre("one", "two"));
}

TEST(Struck, OfAnEnvironmentTheNamesStay) {
    const Json pod{
        {"metadata", {{"name", "a"}, {"managedFields", {1}}}},
        {"spec",
         {{"containers",
           {{{"env",
              {{{"name", "PASSPHRASE"}, {"value", "open sesame"}},
               {{"name", "KEY"}, {"valueFrom", {{"secretKeyRef", {{"name", "s"}}}}}}}}}}}}}};
    const std::string shown = without_values(pod).dump();
    EXPECT_THAT(shown, Not(HasSubstr("sesame")));
    EXPECT_THAT(shown, HasSubstr("PASSPHRASE"));
    EXPECT_THAT(shown, HasSubstr("secretKeyRef"));
    EXPECT_THAT(shown, Not(HasSubstr("managedFields")));
}

} // namespace
} // namespace pedigree::cli
