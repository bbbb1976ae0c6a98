#include "k8s/credentials.h"

#include "base/digest.h"
#include "base/file.h"
#include "base/log.h"

namespace pedigree::k8s {
namespace {

constexpr std::size_t token_bytes_max = 64 * 1024;

std::string trimmed(const std::string& text) {
    const auto end = text.find_last_not_of(" \t\r\n");
    return end == std::string::npos ? "" : text.substr(0, end + 1);
}

} // namespace

Credentials::Credentials(const Config& config) : config_(config) {}

Result<std::string> Credentials::token() {
    if (config_.token_file.empty()) {
        return config_.token.reveal();
    }
    auto cached = token_.lock();
    const auto now = std::chrono::steady_clock::now();
    if (!cached->text.empty() && now - cached->read_at < token_age_max) {
        return cached->text;
    }
    auto read = read_file(config_.token_file, token_bytes_max);
    if (read) {
        const std::string text = trimmed(*read);
        if (text != cached->text) {
            redact_in_logs(Secret(text));
        }
        *cached = {text, now};
    } else if (cached->text.empty()) { // an unreadable file leaves the token we have in use
        return tl::unexpected<Error>(std::move(read).error().within("service account token"));
    }
    return cached->text;
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
    return !config_.token_file.empty();
}

} // namespace pedigree::k8s
