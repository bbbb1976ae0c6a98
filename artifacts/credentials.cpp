#include "artifacts/credentials.h"

#include <system_error>

#include "base/file.h"

namespace pedigree::artifacts {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t secret_bytes_max = 64 * 1024;

std::string keys_of(const fs::path& folder) {
    std::error_code problem;
    std::string keys;
    for (const auto& entry : fs::directory_iterator(folder, problem)) {
        const std::string name = entry.path().filename().string();
        if (!name.starts_with("..")) { // the kubelet's own links
            keys += (keys.empty() ? "" : ", ") + name;
        }
    }
    return keys.empty() ? "none" : keys;
}

Result<Secret> required(const fs::path& folder, const std::string& key) {
    TRY(auto value, read_secret_key(folder, key));
    if (!value || value->empty()) {
        return failure(ErrorCode::NotFound, "Secret " + folder.filename().string() +
                                                " has no key " + key +
                                                "; keys: " + keys_of(folder));
    }
    return *value;
}

} // namespace

Result<std::optional<Secret>> read_secret_key(const fs::path& folder, const std::string& key) {
    auto text = read_file(folder / key, secret_bytes_max);
    if (!text && text.error().code == ErrorCode::NotFound) {
        return std::optional<Secret>();
    }
    if (!text) {
        return tl::unexpected<Error>(std::move(text).error());
    }
    while (!text->empty() && (text->back() == '\n' || text->back() == '\r')) {
        text->pop_back();
    }
    Secret secret(std::move(*text));
    return std::optional<Secret>(std::move(secret));
}

Result<StoreSecret> read_store_secret(const fs::path& folder) {
    StoreSecret out;
    TRY(const Secret access_key, required(folder, "AWS_ACCESS_KEY_ID"));
    out.credentials.access_key = access_key.reveal();
    TRY(out.credentials.secret_key, required(folder, "AWS_SECRET_ACCESS_KEY"));
    TRY(const auto session, read_secret_key(folder, "AWS_SESSION_TOKEN"));
    out.credentials.session_token = session.value_or(Secret());
    TRY(const auto endpoint, read_secret_key(folder, "endpoint"));
    TRY(const auto region, read_secret_key(folder, "region"));
    out.endpoint = endpoint ? endpoint->reveal() : "";
    out.region = region ? region->reveal() : "";
    return out;
}

} // namespace pedigree::artifacts
