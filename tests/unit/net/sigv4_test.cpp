#include "net/sigv4.h"

#include <gtest/gtest.h>

#include "net/url.h"

namespace pedigree::net {
namespace {

struct Vector {
    const char* name;
    Request request;
    AwsScope scope;
    std::string payload_hash;
    const char* date;
    const char* signature;
};

const std::string empty_hash = payload_hash_of("");

Request request_of(std::string method, std::string url, Headers headers = {}) {
    Request request;
    request.method = std::move(method);
    request.url = std::move(url);
    request.headers = std::move(headers);
    return request;
}

// Published by AWS: "Signature calculations for the Authorization header" (Amazon S3 API
// reference).
TEST(SigV4, MatchesThePublishedS3Examples) {
    const AwsCredentials credentials{
        "AKIAIOSFODNN7EXAMPLE", Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"), {}};
    const std::string host = "https://examplebucket.s3.amazonaws.com";
    const Vector vectors[] = {
        {"get object",
         request_of("GET", host + "/test.txt", {{"Range", "bytes=0-9"}}),
         {},
         empty_hash,
         "2013-05-24T00:00:00Z",
         "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"},
        {"put object",
         request_of("PUT", host + "/test%24file.text",
                    {{"Date", "Fri, 24 May 2013 00:00:00 GMT"},
                     {"x-amz-storage-class", "REDUCED_REDUNDANCY"}}),
         {},
         payload_hash_of("Welcome to Amazon S3."),
         "2013-05-24T00:00:00Z",
         "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"},
        {"get bucket lifecycle",
         request_of("GET", host + "/?lifecycle"),
         {},
         empty_hash,
         "2013-05-24T00:00:00Z",
         "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"},
        {"list objects",
         request_of("GET", host + "/?max-keys=2&prefix=J"),
         {},
         empty_hash,
         "2013-05-24T00:00:00Z",
         "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"},
    };
    for (const auto& vector : vectors) {
        Request request = vector.request;
        ASSERT_TRUE(sign_aws(request, credentials, vector.scope, vector.payload_hash,
                             *parse_instant(vector.date)));
        const std::string authorization = request.headers.value_or("Authorization", "");
        EXPECT_TRUE(authorization.ends_with(std::string("Signature=") + vector.signature))
            << vector.name << ": " << authorization;
    }
}

// From the AWS Signature Version 4 test suite (service "service", no content hash header).
TEST(SigV4, MatchesThePublishedTestSuite) {
    const AwsCredentials credentials{
        "AKIDEXAMPLE", Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"), {}};
    const AwsScope scope{"us-east-1", "service"};
    const std::string host = "https://example.amazonaws.com";
    const Vector vectors[] = {
        {"get-vanilla", request_of("GET", host + "/"), scope, empty_hash, "",
         "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
        {"get-vanilla-query-order-key-case",
         request_of("GET", host + "/?Param2=value2&Param1=value1"), scope, empty_hash, "",
         "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
        {"post-vanilla", request_of("POST", host + "/"), scope, empty_hash, "",
         "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
    };
    for (const auto& vector : vectors) {
        Request request = vector.request;
        ASSERT_TRUE(sign_aws(request, credentials, vector.scope, vector.payload_hash,
                             *parse_instant("2015-08-30T12:36:00Z")));
        const std::string authorization = request.headers.value_or("Authorization", "");
        EXPECT_TRUE(authorization.ends_with(std::string("Signature=") + vector.signature))
            << vector.name << ": " << authorization;
    }
}

TEST(SigV4, SignsKeysAndQueriesThatOthersGetWrong) {
    const AwsCredentials credentials{"key", Secret("secret"), Secret("session")};
    Request request =
        request_of("PUT", "http://127.0.0.1:9000/bucket/" +
                              percent_encode("epoch=3-step+1:x.ckpt", "/") + "?uploads&b=a/b&a=");
    const auto signing = aws_signature(request, credentials, {}, unsigned_payload,
                                       *parse_instant("2026-01-01T00:00:00Z"));
    ASSERT_TRUE(signing);
    EXPECT_EQ(signing->canonical_request,
              "PUT\n/bucket/epoch%3D3-step%2B1%3Ax.ckpt\na=&b=a%2Fb&uploads=\n"
              "host:127.0.0.1:9000\n\nhost\nUNSIGNED-PAYLOAD");
    ASSERT_TRUE(sign_aws(request, credentials, {}, unsigned_payload,
                         *parse_instant("2026-01-01T00:00:00Z")));
    EXPECT_EQ(request.headers.value_or("x-amz-security-token", ""), "session");
}

} // namespace
} // namespace pedigree::net
