#pragma once
// An input from a volume of the user's namespace, on which other pods may write meanwhile: copied
// through base/untrusted_folder.h, so that no link there leads to what prepare can read, and hashed
// as it is copied, since the volume may change afterwards.

#include <filesystem>
#include <stop_token>

#include "base/digest.h"
#include "recorder/settings.h"

namespace pedigree::recorder {

constexpr std::string_view volume_scheme = "volume://";

// What was fetched, before it is compared.
struct Arrived {
    Digest digest;
    std::int64_t bytes = 0;
    std::int64_t files = 1;
};

// Forbidden names the file or folder that this pod's user may not read; InvalidInput a symbolic
// link or special file; `lost+found`, which each new file system has for its root user, is passed
// over. Others as in fetch.h.
Result<Arrived> fetch_volume(const Settings& settings, const records::pod::PodInput& input,
                             const std::filesystem::path& folder, std::stop_token stop);

} // namespace pedigree::recorder
