#include "operator/api/object_list.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace pedigree::control {
namespace {

using records::pod::ObservedArtifact;

// "<prefix>logs/<project>/<experiment>/<begin>-<trial>-<attempt>/..." (records::pod::followed_key):
// when it began is not in the attempt's row.
bool is_followed_key(std::string_view key, const ObjectOrigin& origin) {
    const std::string folder =
        fmt::format("{}logs/{}/{}/", origin.prefix, origin.project, origin.experiment);
    if (origin.shared || !key.starts_with(folder)) {
        return false;
    }
    key.remove_prefix(folder.size());
    const std::string_view begin = key.substr(0, key.find('/'));
    return begin.ends_with(fmt::format("Z-{}-{}", origin.trial, origin.attempt));
}

bool is_of_attempt(std::string_view key, const ObjectOrigin& origin) {
    const std::string outputs =
        fmt::format("{}attempts/{}/outputs/", origin.prefix, origin.pod_uid);
    return key.starts_with(outputs) ||
           key.starts_with(records::pod::upload_key(origin.prefix, origin.pod_uid)) ||
           is_followed_key(key, origin);
}

std::int64_t bytes_of(const ObservedArtifact& artifact) {
    std::int64_t bytes = artifact.bytes; // counted by the recorder: files may stand in pages
    for (const auto& file : artifact.files) {
        bytes += artifact.file_count == 0 ? file.bytes : 0;
    }
    return bytes;
}

} // namespace

std::optional<std::string> stored_prefix(const ObservedArtifact& artifact,
                                         const ObjectOrigin& origin) {
    const std::string bucket = fmt::format("s3://{}/", origin.bucket);
    if (!artifact.location.starts_with(bucket) || !artifact.location.ends_with('/')) {
        return std::nullopt;
    }
    const std::string key = artifact.location.substr(bucket.size());
    const bool own = is_of_attempt(key, origin) &&
                     leads_nowhere_else(std::string_view(key.data(), key.size() - 1));
    return own ? std::optional(key) : std::nullopt;
}

bool leads_nowhere_else(std::string_view path) {
    for (std::size_t at = 0; at <= path.size();) {
        const std::size_t end = std::min(path.find('/', at), path.size());
        const std::string_view segment = path.substr(at, end - at);
        if (segment.empty() || segment == "." || segment == "..") {
            return false;
        }
        at = end + 1;
    }
    return true;
}

Json object_item(const ObservedArtifact& artifact, const ObjectOrigin& origin) {
    const auto listed = static_cast<std::int64_t>(artifact.files.size());
    return {{"digest", artifact.digest},
            {"name", artifact.name},
            {"kind", artifact.kind},
            {"source", artifact.source},
            {"experiment", origin.experiment},
            {"trial", origin.trial},
            {"attempt", origin.attempt},
            {"podUid", origin.pod_uid},
            {"asserted", origin.asserted},
            {"bytes", bytes_of(artifact)},
            {"fileCount", std::max(artifact.file_count, listed)},
            {"location", artifact.location},
            {"stored", stored_prefix(artifact, origin).has_value()}};
}

Json object_file(const records::pod::ObservedFile& file, std::size_t page) {
    Json item{{"path", file.path}, {"digest", file.digest}, {"bytes", file.bytes}};
    if (page > 0) {
        item["page"] = page;
    }
    return item;
}

} // namespace pedigree::control
