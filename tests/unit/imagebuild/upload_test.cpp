// Blobs on their way into a registry that answers late, less than it should, or not at all.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/imagebuild/fake_registry.h"

namespace pedigree::imagebuild {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

const std::string host = "https://registry.example.com";
const std::string uploads = host + "/v2/team/tf/blobs/uploads/";
const std::string blob = "0123456789";

class Upload : public testing::Test {
  protected:
    Upload() {
        http_.answer("GET " + host + "/v2/base/tf/blobs/" + sha256(blob).text(), {200, {}, blob});
        http_.answer("POST " + uploads, {202, {{"Location", "/up?state=1"}}, ""});
        http_.answer("PUT " + host + "/up?state=2&digest=sha256%3A" + sha256(blob).hex(),
                     {201, {}, ""});
    }
    RegistryClient client(const std::string& repository, Access access,
                          std::optional<RegistryCredential> credential = std::nullopt) {
        return {http_, {"registry.example.com", repository, false}, credential, access, {}};
    }
    Result<std::uint64_t> copy() {
        RegistryClient from = client("base/tf", Access::Pull);
        return client("team/tf", Access::PullPush).copy_blob(from, sha256(blob), blob.size());
    }
    void answer_patch(int status, net::Headers headers = {}) {
        http_.answer("PATCH " + host + "/up?state=1", {status, std::move(headers), ""});
    }
    // What was sent in pieces: their places and bytes.
    std::vector<std::string> pieces() const {
        std::vector<std::string> sent;
        for (const net::Request& request : http_.asked) {
            if (request.method == "PATCH") {
                sent.push_back(request.headers.value_or("Content-Range", "") + " " + request.body);
            }
        }
        return sent;
    }
    FakeRegistry http_;
};

TEST_F(Upload, APieceGoesWhereTheNewestAddressSays) {
    answer_patch(202, {{"Location", "/up?state=2"}, {"Range", "0-9"}});
    const auto copied = copy();
    ASSERT_TRUE(copied) << copied.error().message;
    EXPECT_EQ(*copied, blob.size());
    EXPECT_THAT(pieces(), ElementsAre("0-9 0123456789"));
}

TEST_F(Upload, ARegistryThatTookOtherBytesIsBelieved) {
    answer_patch(202, {{"Location", "/up?state=2"}, {"Range", "0-4"}});
    EXPECT_THAT(copy().error().message, HasSubstr("has 5 bytes of an upload of which 10"));
}

TEST_F(Upload, AfterAFailureOnlyTheRestIsSent) {
    answer_patch(503);
    http_.answer("GET " + host + "/up?state=1",
                 {204, {{"Location", "/up?state=1b"}, {"Range", "0-3"}}, ""});
    http_.answer("PATCH " + host + "/up?state=1b",
                 {202, {{"Location", "/up?state=2"}, {"Range", "0-9"}}, ""});
    const auto copied = copy();
    ASSERT_TRUE(copied) << copied.error().message;
    EXPECT_THAT(pieces(), ElementsAre("0-9 0123456789", "4-9 456789"));
}

TEST_F(Upload, WhatArrivedBeforeTheFailureIsNotSentAgain) {
    answer_patch(502);
    http_.answer("GET " + host + "/up?state=1",
                 {204, {{"Location", "/up?state=2"}, {"Range", "0-9"}}, ""});
    EXPECT_TRUE(copy());
    EXPECT_EQ(pieces().size(), 1);
}

TEST_F(Upload, BytesThatNobodySentEndIt) {
    answer_patch(416);
    http_.answer("GET " + host + "/up?state=1", {204, {{"Range", "0-99"}}, ""});
    EXPECT_THAT(copy().error().message, HasSubstr("lost bytes of an upload"));
    http_.answers["GET " + host + "/up?state=1"] = {{404, {}, ""}};
    EXPECT_EQ(copy().error().reason, "RegistryUnavailable");
}

TEST_F(Upload, OfOneByteRegistriesSayWhatTheySayOfNone) {
    answer_patch(503);
    http_.answer("GET " + host + "/up?state=1",
                 {204, {{"Location", "/up?state=1b"}, {"Range", "0-0"}}, ""});
    http_.answer("PATCH " + host + "/up?state=1b", {202, {{"Location", "/up?state=2"}}, ""});
    EXPECT_TRUE(copy());
    EXPECT_THAT(pieces(), ElementsAre("0-9 0123456789", "0-9 0123456789"));
}

// Of nine megabytes that arrive in halves.
class UploadInPieces : public Upload {
  protected:
    UploadInPieces() {
        http_.answer("GET " + host + "/v2/base/tf/blobs/" + sha256(big_).text(), {200, {}, big_});
        http_.answer("PUT " + host + "/up?state=1&digest=sha256%3A" + sha256(big_).hex(),
                     {201, {}, ""});
    }
    Result<std::uint64_t> copy_big() {
        RegistryClient from = client("base/tf", Access::Pull);
        return client("team/tf", Access::PullPush).copy_blob(from, sha256(big_), big_.size());
    }
    const std::string big_ = std::string(9 << 20, 'b');
};

TEST_F(UploadInPieces, EachIsAtLeastAsLongAsTheRegistryWants) {
    answer_patch(202);
    EXPECT_TRUE(copy_big());
    EXPECT_EQ(pieces().size(), 2);
    http_.asked.clear();
    http_.answers["POST " + uploads] = {
        {202, {{"Location", "/up?state=1"}, {"OCI-Chunk-Min-Length", "5000000"}}, ""}};
    EXPECT_TRUE(copy_big());
    EXPECT_EQ(pieces().size(), 1);
}

TEST_F(UploadInPieces, BytesThatWereThereMayNotGo) {
    answer_patch(202);
    answer_patch(503);
    http_.answer("GET " + host + "/up?state=1", {204, {{"Range", "0-9"}}, ""});
    EXPECT_THAT(copy_big().error().message, HasSubstr("lost bytes of an upload"));
}

TEST_F(Upload, MountingAsksToReadTheOtherRepositoryAsWell) {
    const std::string mount =
        uploads + "?mount=" + "sha256%3A" + sha256(blob).hex() + "&from=base%2Ftf";
    const std::string token = host + "/token?service=s&scope=repository%3Ateam%2Ftf%3Apull%2Cpush"
                                     "&scope=repository%3Abase%2Ftf%3Apull";
    http_.answer(
        "POST " + mount,
        {401, {{"WWW-Authenticate", "Bearer realm=\"" + host + "/token\",service=s"}}, ""});
    http_.answer("POST " + mount, {201, {}, ""});
    http_.answer("GET " + token, {200, {}, R"({"token":"t"})"});
    const auto mounted = client("team/tf", Access::PullPush).mount(sha256(blob), "base/tf");
    EXPECT_TRUE(mounted && *mounted);
    EXPECT_THAT(http_.calls(), Contains("GET " + token));
}

TEST_F(Upload, AnIdentityTokenIsExchangedOrElseAPassword) {
    const std::string head = uploads.substr(0, uploads.size() - 8) + sha256(blob).text();
    const std::string bearer = "Bearer realm=\"" + host + "/token\"";
    http_.answer("HEAD " + head, {401, {{"WWW-Authenticate", bearer}}, ""});
    http_.answer("HEAD " + head, {200, {}, ""});
    http_.answer("POST " + host + "/token", {200, {}, R"({"access_token":"t"})"});
    const RegistryCredential identity{identity_token_username, Secret("secret")};
    EXPECT_TRUE(client("team/tf", Access::Pull, identity).has_blob(sha256(blob)));
    EXPECT_EQ(http_.asked.at(1).body,
              "scope=repository%3Ateam%2Ftf%3Apull&client_id=pedigree&grant_type=refresh_token"
              "&refresh_token=secret");
    EXPECT_FALSE(http_.asked.at(1).headers.contains("Authorization"));

    http_.answers.erase("POST " + host + "/token"); // 404
    http_.answers["HEAD " + head].push_front({401, {{"WWW-Authenticate", bearer}}, ""});
    http_.answer("GET " + host + "/token?scope=repository%3Ateam%2Ftf%3Apull",
                 {200, {}, R"({"token":"t"})"});
    EXPECT_TRUE(client("team/tf", Access::Pull, identity).has_blob(sha256(blob)));
}

TEST_F(Upload, ATokenThatAllowsTooLittleIsNoWrongPassword) {
    http_.answers["POST " + uploads] = {
        {401,
         {{"WWW-Authenticate", "Bearer realm=\"" + host + "/token\",error=\"insufficient_scope\""}},
         ""}};
    http_.answer("GET " + host + "/token?scope=repository%3Ateam%2Ftf%3Apull%2Cpush",
                 {200, {}, R"({"token":"t"})"});
    EXPECT_EQ(client("team/tf", Access::PullPush).push_blob(sha256(blob), blob).error().reason,
              "RegistryDenied");
}

} // namespace
} // namespace pedigree::imagebuild
