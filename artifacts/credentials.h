#pragma once
// Credentials of an object store from the folder in which a Secret is mounted: AWS_ACCESS_KEY_ID,
// AWS_SECRET_ACCESS_KEY, optionally AWS_SESSION_TOKEN, endpoint and region. Read again at each use,
// so that a rotated Secret is taken up.

#include <filesystem>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/secret.h"
#include "net/sigv4.h"

namespace pedigree::artifacts {

struct StoreSecret {
    net::AwsCredentials credentials;
    std::string endpoint; // "" if the Secret does not say
    std::string region;
};

// NotFound names the missing key and the keys that are there.
Result<StoreSecret> read_store_secret(const std::filesystem::path& folder);

// One key of a mounted Secret, without a trailing line feed; nothing if the key is absent.
Result<std::optional<Secret>> read_secret_key(const std::filesystem::path& folder,
                                              const std::string& key);

} // namespace pedigree::artifacts
