#include "net/sigv4.h"

#include <algorithm>
#include <array>
#include <map>
#include <vector>

#include <fmt/format.h>

#include "base/hmac.h"
#include "net/url.h"

namespace pedigree::net {
namespace {

constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";

std::string hmac(std::string_view key, std::string_view text) {
    const Digest digest = hmac_sha256(key, text);
    return {reinterpret_cast<const char*>(digest.bytes.data()), digest.bytes.size()};
}

// "20130524T000000Z"
std::string amz_date(Instant now) {
    std::string text = to_kubernetes_time(now);
    std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
    return text;
}

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return out;
}

// Outer blanks cut, inner runs of blanks made one, as the signature's rules ask.
std::string trimmed(std::string_view value) {
    std::string out;
    for (const char c : value) {
        if (c != ' ' || (!out.empty() && out.back() != ' ')) {
            out += c;
        }
    }
    if (out.ends_with(' ')) {
        out.pop_back();
    }
    return out;
}

// Decoded and encoded again, so that an equivalent spelling gives one form; then sorted.
Result<std::string> canonical_query(std::string_view query) {
    TRY(auto parameters, parse_query(query));
    for (auto& [name, value] : parameters) {
        name = percent_encode(name);
        value = percent_encode(value);
    }
    std::sort(parameters.begin(), parameters.end());
    std::string out;
    for (const auto& [name, value] : parameters) {
        out += (out.empty() ? "" : "&") + name + "=" + value;
    }
    return out;
}

std::map<std::string, std::string> canonical_headers(const Request& request, const Url& url) {
    std::map<std::string, std::string> out;
    for (const auto& [name, value] : request.headers) {
        auto& known = out[lower(name)];
        known += (known.empty() ? "" : ",") + trimmed(value);
    }
    out.try_emplace("host", url.authority());
    out.erase("authorization");
    return out;
}

struct Stamp {
    std::string date_time;
    std::string scope; // "20130524/us-east-1/s3/aws4_request"
};

Stamp stamp(const AwsScope& scope, Instant now) {
    Stamp out{amz_date(now), {}};
    out.scope = fmt::format("{}/{}/{}/aws4_request", out.date_time.substr(0, 8), scope.region,
                            scope.service);
    return out;
}

std::string signing_key(const AwsCredentials& credentials, const AwsScope& scope,
                        const Stamp& when) {
    const std::string date_key =
        hmac("AWS4" + credentials.secret_key.reveal(), when.date_time.substr(0, 8));
    return hmac(hmac(hmac(date_key, scope.region), scope.service), "aws4_request");
}

} // namespace

std::string payload_hash_of(std::string_view body) {
    return sha256(body).hex();
}

Result<AwsSigning> aws_signature(const Request& request, const AwsCredentials& credentials,
                                 const AwsScope& scope, std::string_view payload_hash,
                                 Instant now) {
    TRY(const auto url, parse_url(request.url));
    TRY(const auto query, canonical_query(url.query));
    const Stamp when = stamp(scope, now);
    AwsSigning out;
    std::string header_lines;
    for (const auto& [name, value] : canonical_headers(request, url)) {
        header_lines += name + ":" + value + "\n";
        out.signed_headers += (out.signed_headers.empty() ? "" : ";") + name;
    }
    out.canonical_request = fmt::format("{}\n{}\n{}\n{}\n{}\n{}", request.method, url.path, query,
                                        header_lines, out.signed_headers, payload_hash);
    out.string_to_sign = fmt::format("{}\n{}\n{}\n{}", algorithm, when.date_time, when.scope,
                                     sha256(out.canonical_request).hex());
    out.signature = to_hex(hmac(signing_key(credentials, scope, when), out.string_to_sign));
    return out;
}

Status sign_aws(Request& request, const AwsCredentials& credentials, const AwsScope& scope,
                std::string_view payload_hash, Instant now) {
    request.headers.set("x-amz-date", amz_date(now));
    if (scope.service == "s3") {
        request.headers.set("x-amz-content-sha256", std::string(payload_hash));
    }
    if (!credentials.session_token.empty()) {
        request.headers.set("x-amz-security-token", credentials.session_token.reveal());
    }
    TRY(const auto signing, aws_signature(request, credentials, scope, payload_hash, now));
    request.headers.set("Authorization",
                        fmt::format("{} Credential={}/{},SignedHeaders={},Signature={}", algorithm,
                                    credentials.access_key, stamp(scope, now).scope,
                                    signing.signed_headers, signing.signature));
    return {};
}

} // namespace pedigree::net
