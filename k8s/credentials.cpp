#include "k8s/credentials.h"

#include "base/digest.h"
#include "base/file.h"
#include "base/log.h"

namespace pedigree::k8s {
namespace {

constexpr std::size_t token_bytes_max = 64 * 1024;
constexpr std::chrono::seconds expiry_leeway{10};

std::string trimmed(const std::string& text) {
    const auto end = text.find_last_not_of(" \t\r\n");
    return end == std::string::npos ? "" : text.substr(0, end + 1);
}

} // namespace

Credentials::Credentials(const Config& config, std::optional<ExecCredential> first)
    : config_(config) {
    if (first) {
        keep(*token_.lock(), *first);
    }
}

void Credentials::keep(Token& cached, const ExecCredential& credential) {
    redact_in_logs(credential.token);
    cached = {credential.token.reveal(), std::chrono::steady_clock::now(), credential.expires_at};
}

Result<std::string> Credentials::token() {
    if (config_.exec) {
        return token_from_program(*token_.lock());
    }
    if (!config_.token_file.empty()) {
        return token_from_file(*token_.lock());
    }
    return config_.token.reveal();
}

Result<std::string> Credentials::token_from_file(Token& cached) const {
    const auto now = std::chrono::steady_clock::now();
    if (!cached.text.empty() && now - cached.read_at < token_age_max) {
        return cached.text;
    }
    auto read = read_file(config_.token_file, token_bytes_max);
    if (read) {
        const std::string text = trimmed(*read);
        if (text != cached.text) {
            redact_in_logs(Secret(text));
        }
        cached = {text, now, std::nullopt};
    } else if (cached.text.empty()) { // an unreadable file leaves the token we have in use
        return tl::unexpected<Error>(std::move(read).error().within("service account token"));
    }
    return cached.text;
}

Result<std::string> Credentials::token_from_program(Token& cached) const {
    const Instant now = SystemClock().now();
    const bool fresh = cached.expires_at ? now + expiry_leeway < *cached.expires_at : true;
    if (!cached.text.empty() && fresh) {
        return cached.text;
    }
    TRY(const auto credential, run_exec_plugin(*config_.exec));
    keep(cached, credential);
    return cached.text;
}

Status Credentials::add_to(net::Headers& headers) {
    TRY(const auto bearer, token());
    if (!bearer.empty()) {
        headers.set("Authorization", "Bearer " + bearer);
    } else if (!config_.username.empty()) {
        headers.set("Authorization",
                    "Basic " + to_base64(config_.username + ":" + config_.password.reveal()));
    }
    if (!config_.impersonate_user.empty()) {
        headers.set("Impersonate-User", config_.impersonate_user);
        headers.remove("Impersonate-Group");
        for (const auto& group : config_.impersonate_groups) {
            headers.add("Impersonate-Group", group);
        }
    }
    return {};
}

bool Credentials::renew() {
    token_.lock()->text.clear();
    return config_.exec || !config_.token_file.empty();
}

} // namespace pedigree::k8s
