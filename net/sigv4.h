#pragma once
// AWS Signature Version 4 for S3 and what speaks its protocol (AWS "Signature Version 4 signing
// process", "Authenticating requests: using the Authorization header"). libcurl's own signer is
// not used: it sends no x-amz-content-sha256 and signs keys with '=', '+' or ':' and unsorted
// queries wrongly. The URL's path must already be percent-encoded (percent_encode(key, "/")). Pure.

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/digest.h"
#include "base/secret.h"
#include "net/http.h"

namespace pedigree::net {

struct AwsCredentials {
    std::string access_key;
    Secret secret_key;
    Secret session_token; // empty: none
};

struct AwsScope {
    std::string region = "us-east-1";
    std::string service = "s3";
};

// The payload hash of a body that is not known before it is sent; TLS or a trusted network.
constexpr std::string_view unsigned_payload = "UNSIGNED-PAYLOAD";

// Adds x-amz-date, x-amz-content-sha256 (S3 only), x-amz-security-token and Authorization. Every
// header field already in the request is signed. `payload_hash` is the hex SHA-256 of the body
// (payload_hash_of) or unsigned_payload.
Status sign_aws(Request& request, const AwsCredentials& credentials, const AwsScope& scope,
                std::string_view payload_hash, Instant now);

std::string payload_hash_of(std::string_view body);

// The canonical request and string to sign, for tests and for explaining a refused signature.
struct AwsSigning {
    std::string canonical_request;
    std::string string_to_sign;
    std::string signed_headers;
    std::string signature;
};
Result<AwsSigning> aws_signature(const Request& request, const AwsCredentials& credentials,
                                 const AwsScope& scope, std::string_view payload_hash, Instant now);

} // namespace pedigree::net
