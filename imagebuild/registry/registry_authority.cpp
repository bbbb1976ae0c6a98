#include "imagebuild/registry/registry_authority.h"

#include <algorithm>
#include <iterator>
#include <sstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/digest.h"
#include "base/json.h"
#include "net/retry.h"
#include "net/url.h"

namespace pedigree::imagebuild {
namespace {

constexpr std::int64_t token_seconds_default = 60; // of the token specification
constexpr std::int64_t token_seconds_spare = 10;
constexpr std::int64_t token_seconds_max = 3600;
constexpr std::size_t token_body_bytes_max = 256 * 1024;

// The credential was given for the registry. Its token server may be another host of the same
// domain (registry.example.com and gitlab.example.com, registry-1.docker.io and auth.docker.io),
// but no stranger's: a registry that somebody took over would send every login to a place of
// theirs.
bool same_domain(const std::string& registry, const std::string& realm) {
    const auto domain = [](std::string_view host) {
        const std::size_t dot = host.find('.');
        const std::string_view rest = dot == host.npos ? "" : host.substr(dot + 1);
        const bool name = !rest.empty() && rest.find_first_not_of("0123456789.") != rest.npos;
        return name && rest.find('.') != rest.npos ? rest : host;
    };
    return registry == realm || domain(registry) == domain(realm) || domain(registry) == realm;
}

std::vector<std::string> words_of(const std::string& text) {
    std::istringstream in(text);
    return {std::istream_iterator<std::string>(in), {}};
}

} // namespace

RegistryAuthority::RegistryAuthority(net::Http& http, std::string registry_url,
                                     std::optional<RegistryCredential> credential)
    : http_(http), registry_url_(std::move(registry_url)), credential_(std::move(credential)) {}

Secret RegistryAuthority::basic() const {
    return Secret("Basic " +
                  to_base64(credential_->username + ":" + credential_->password.reveal()));
}

std::optional<Secret> RegistryAuthority::authorization(const std::string& scope) const {
    return known_->with([&](const Known& known) { return field(known, scope); });
}

std::optional<Secret> RegistryAuthority::field(const Known& known, const std::string& scope) const {
    if (known.basic) {
        return basic();
    }
    const auto token = known.tokens.find(scope);
    if (token != known.tokens.end() && token->second.ends > std::chrono::steady_clock::now()) {
        return token->second.field;
    }
    return std::nullopt;
}

Status RegistryAuthority::learn(const net::Response& refused, const std::string& scope,
                                const std::optional<Secret>& used, std::stop_token stop) {
    return known_->with([&](Known& known) -> Status {
        const auto now = field(known, scope);
        const bool learned_meanwhile = now && (!used || used->reveal() != now->reveal());
        return learned_meanwhile ? Status() : meet(refused, scope, known, stop);
    });
}

Status RegistryAuthority::meet(const net::Response& refused, const std::string& scope, Known& known,
                               std::stop_token stop) {
    std::vector<Challenge> challenges;
    for (const auto& [name, value] : refused.headers) {
        if (net::equal_ignoring_case(name, "WWW-Authenticate")) {
            const auto more = parse_challenges(value);
            challenges.insert(challenges.end(), more.begin(), more.end());
        }
    }
    for (const Challenge& challenge : challenges) {
        if (challenge.scheme == "bearer") {
            TRY(known.tokens[scope], fetch_token(challenge, scope, stop));
            return {};
        }
        if (challenge.scheme == "basic" && credential_ && !known.basic) {
            known.basic = true;
            return {};
        }
    }
    return failure(ErrorCode::Unauthorized, "AuthenticationFailed",
                   fmt::format("the registry {} {}", registry_url_,
                               credential_ ? "refused the credential; check the Secret for it"
                                           : "wants a login; name a pull Secret for it"));
}

// An identity token is exchanged as OAuth 2 has it; a server that has no such thing takes it as a
// password (Docker Registry v2 token specification).
Result<net::Response> RegistryAuthority::ask_realm(const std::string& realm,
                                                   net::QueryParameters asked,
                                                   const std::string& scope,
                                                   const std::stop_token& stop) const {
    net::Request request;
    request.body_bytes_max = token_body_bytes_max;
    if (credential_ && credential_->username == identity_token_username) {
        net::QueryParameters form = asked;
        form.insert(form.end(), {{"scope", scope},
                                 {"client_id", "pedigree"},
                                 {"grant_type", "refresh_token"},
                                 {"refresh_token", credential_->password.reveal()}});
        request.method = "POST";
        request.url = realm;
        request.headers.set("Content-Type", "application/x-www-form-urlencoded");
        request.body = net::query_text(form);
        TRY(net::Response response, net::send_with_retry(http_, request, {}, stop));
        if (response.status != 404 && response.status != 405) {
            return response;
        }
        request = {};
        request.body_bytes_max = token_body_bytes_max;
    }
    // One parameter for each; the repository of the request first, since some read only one.
    for (const std::string& one : words_of(scope)) {
        asked.emplace_back("scope", one);
    }
    request.url = realm + "?" + net::query_text(asked);
    if (credential_) {
        request.headers.add("Authorization", basic().reveal());
    }
    return net::send_with_retry(http_, request, {}, stop);
}

Result<RegistryAuthority::Token> RegistryAuthority::fetch_token(const Challenge& challenge,
                                                                const std::string& scope,
                                                                std::stop_token stop) const {
    const auto parameter = [&](const char* name) {
        const auto found = challenge.parameters.find(name);
        return found == challenge.parameters.end() ? std::string() : found->second;
    };
    const auto realm = net::parse_url(parameter("realm"));
    const bool plain_registry = registry_url_.starts_with("http:");
    if (!realm || !realm->query.empty() || (realm->scheme != "https" && !plain_registry)) {
        return failure(ErrorCode::Forbidden, "RealmRefused",
                       fmt::format("E2101 the registry {} names a token realm that is not used: {}",
                                   registry_url_, parameter("realm").substr(0, 120)));
    }
    TRY(const net::Url registry, net::parse_url(registry_url_));
    if (credential_ && !same_domain(registry.host, realm->host)) {
        return failure(
            ErrorCode::Forbidden, "RealmRefused",
            fmt::format("E2101 token realm {}:{} not allowed for registry {}: it gets no "
                        "credential of another domain",
                        realm->host, realm->port, registry_url_));
    }
    net::QueryParameters asked;
    if (const std::string service = parameter("service"); !service.empty()) {
        asked.emplace_back("service", service);
    }
    TRY(const net::Response response, ask_realm(realm->text(), std::move(asked), scope, stop));
    if (!response.ok()) {
        Error error = net::status_error(
            response, fmt::format("asking {} for a token to {}", realm->origin(), registry_url_));
        error.reason = error.retryable() ? "RegistryUnavailable" : "AuthenticationFailed";
        return tl::unexpected<Error>(std::move(error));
    }
    const Json document = parse_json(response.body).value_or(Json()); // a page for people is none
    const std::string token = string_or(document, "token", string_or(document, "access_token"));
    const std::int64_t seconds = integer_or(document, "expires_in", token_seconds_default);
    if (token.empty()) {
        return failure(ErrorCode::Unauthorized, "AuthenticationFailed",
                       fmt::format("{} answered without a token", realm->origin()));
    }
    return Token{
        Secret("Bearer " + token),
        std::chrono::steady_clock::now() +
            std::chrono::seconds(std::clamp(seconds, token_seconds_default, token_seconds_max) -
                                 token_seconds_spare)};
}

} // namespace pedigree::imagebuild
