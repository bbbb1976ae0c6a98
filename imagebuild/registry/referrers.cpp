#include "imagebuild/registry/referrers.h"

#include <algorithm>
#include <atomic>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/together.h"

namespace pedigree::imagebuild {
namespace {

constexpr const char* manifest_type = "application/vnd.oci.image.manifest.v1+json";
constexpr const char* index_type = "application/vnd.oci.image.index.v1+json";
constexpr const char* empty_type = "application/vnd.oci.empty.v1+json";
constexpr const char* empty_config = "{}"; // image-spec, "guidance for an empty descriptor"
constexpr int enlist_tries_max = 4;
constexpr std::size_t requests_at_once_max = 3;

std::string fallback_tag(const Digest& subject) {
    return "sha256-" + subject.hex();
}

Json descriptor(const std::string& type, const Digest& digest, std::uint64_t bytes) {
    return {{"mediaType", type}, {"digest", digest.text()}, {"size", bytes}};
}

Json entry_of(const Manifest& manifest, const Artifact& artifact) {
    Json entry = descriptor(manifest.media_type, manifest.digest, manifest.bytes.size());
    entry["artifactType"] = artifact.type;
    if (!artifact.annotations.empty()) {
        entry["annotations"] = artifact.annotations;
    }
    return entry;
}

Status add_referrers(const std::string& index, std::vector<Referrer>& listed) {
    TRY(const Json document, parse_json(index));
    for (const Json& entry : at_path(document, {"manifests"})) {
        const auto digest = Digest::parse(string_or(entry, "digest"));
        const std::int64_t bytes = integer_or(entry, "size", -1);
        if (digest && bytes >= 0 && listed.size() < referrers_max) {
            listed.push_back(
                {*digest, static_cast<std::uint64_t>(bytes), string_or(entry, "artifactType")});
        }
    }
    return {};
}

bool lists(const std::vector<Referrer>& listed, const Digest& digest) {
    return std::any_of(listed.begin(), listed.end(),
                       [&](const Referrer& one) { return one.digest == digest; });
}

// What a registry without the API has under the tag; `entries` keep what we do not read.
struct FallbackIndex {
    Json entries = Json::array();
    std::vector<Referrer> listed;
};

Result<FallbackIndex> read_fallback(RegistryClient& registry, const Digest& subject) {
    FallbackIndex index;
    TRY(const auto manifest, registry.tagged_manifest(fallback_tag(subject)));
    if (manifest) {
        TRY(const Json document, parse_json(manifest->bytes));
        const Json& entries = at_path(document, {"manifests"});
        index.entries = entries.is_array() ? entries : Json::array();
        TRY(add_referrers(manifest->bytes, index.listed));
    }
    return index;
}

// Somebody else may write the index between our reading and writing, and registries have no
// If-Match: so it is read again, until it has ours.
Status enlist(RegistryClient& registry, const Digest& subject, const std::vector<Json>& entries) {
    for (int round = 0; round < enlist_tries_max; ++round) {
        TRY(FallbackIndex index, read_fallback(registry, subject));
        const std::size_t before = index.entries.size();
        for (const Json& entry : entries) {
            TRY(const Digest digest, Digest::parse(string_or(entry, "digest")));
            if (!lists(index.listed, digest)) {
                index.entries.push_back(entry);
            }
        }
        if (index.entries.size() == before) {
            return {};
        }
        Manifest manifest{canonical_json({{"schemaVersion", 2},
                                          {"mediaType", index_type},
                                          {"manifests", std::move(index.entries)}}),
                          index_type,
                          {}};
        manifest.digest = sha256(manifest.bytes);
        TRY(registry.push_manifest(fallback_tag(subject), manifest));
    }
    return failure(ErrorCode::Conflict, "RegistryUnavailable",
                   fmt::format("the referrers of {} are being changed by others all the time",
                               subject.text()));
}

// The documents and the configuration that all artifacts have, to which their manifests point.
Result<std::uint64_t> push_documents(RegistryClient& registry,
                                     const std::vector<Artifact>& artifacts) {
    std::atomic<std::uint64_t> sent = 0;
    std::vector<Task> tasks{[&]() -> Status {
        const Digest digest = sha256(empty_config);
        TRY(const bool there, registry.has_blob(digest));
        if (!there) {
            TRY(const std::uint64_t bytes, registry.push_blob(digest, empty_config));
            sent += bytes;
        }
        return {};
    }};
    for (const Artifact& artifact : artifacts) {
        tasks.emplace_back([&]() -> Status {
            TRY(const std::uint64_t bytes,
                registry.push_blob(sha256(artifact.document), artifact.document));
            sent += bytes;
            return {};
        });
    }
    TRY(do_together(tasks, requests_at_once_max));
    return sent.load();
}

} // namespace

Manifest artifact_manifest(const Manifest& subject, const Artifact& artifact) {
    Json manifest{
        {"schemaVersion", 2},
        {"mediaType", manifest_type},
        {"artifactType", artifact.type},
        {"config", descriptor(empty_type, sha256(empty_config), 2)},
        {"layers", Json::array({descriptor(artifact.type, sha256(artifact.document),
                                           artifact.document.size())})},
        {"subject", descriptor(subject.media_type, subject.digest, subject.bytes.size())}};
    if (!artifact.annotations.empty()) {
        manifest["annotations"] = artifact.annotations;
    }
    Manifest made{canonical_json(manifest), manifest_type, {}};
    made.digest = sha256(made.bytes);
    return made;
}

Result<std::vector<Referrer>> list_referrers(RegistryClient& registry, const Digest& subject) {
    TRY(const auto pages, registry.referrer_pages(subject));
    std::vector<Referrer> listed;
    for (const std::string& page : pages) {
        TRY(add_referrers(page, listed));
    }
    if (pages.empty()) {
        TRY(FallbackIndex index, read_fallback(registry, subject));
        listed = std::move(index.listed);
    }
    return listed;
}

Result<std::uint64_t> attach(RegistryClient& registry, const Manifest& subject,
                             const std::vector<Artifact>& artifacts) {
    if (artifacts.empty()) {
        return 0;
    }
    TRY(const std::uint64_t sent, push_documents(registry, artifacts));
    std::vector<Task> tasks;
    std::vector<Json> not_listed(artifacts.size()); // by the registry itself; null: it is
    for (std::size_t i = 0; i < artifacts.size(); ++i) {
        tasks.emplace_back([&, i]() -> Status {
            const Manifest manifest = artifact_manifest(subject, artifacts[i]);
            TRY(const bool listed, registry.push_manifest(manifest.digest.text(), manifest));
            if (!listed) {
                not_listed[i] = entry_of(manifest, artifacts[i]);
            }
            return {};
        });
    }
    TRY(do_together(tasks, requests_at_once_max));
    std::erase(not_listed, Json());
    if (!not_listed.empty()) {
        TRY(enlist(registry, subject.digest, not_listed));
    }
    return sent;
}

Result<std::vector<Artifact>> not_attached(RegistryClient& registry, const Manifest& subject,
                                           const std::vector<Artifact>& artifacts) {
    TRY(const auto listed, list_referrers(registry, subject.digest));
    std::vector<Artifact> missing;
    std::copy_if(artifacts.begin(), artifacts.end(), std::back_inserter(missing),
                 [&](const Artifact& artifact) {
                     return !lists(listed, artifact_manifest(subject, artifact).digest);
                 });
    return missing;
}

Result<std::string> read_artifact(RegistryClient& registry, const Digest& subject,
                                  const Digest& digest) {
    TRY(const Manifest manifest, registry.manifest(digest));
    TRY(const Json document, parse_json(manifest.bytes));
    const Json& layers = at_path(document, {"layers"});
    if (string_or(at_path(document, {"subject"}), "digest") != subject.text() ||
        !layers.is_array() || layers.size() != 1) {
        return failure(ErrorCode::Corrupt, "ImageRefused",
                       fmt::format("{} is no document about {}", digest.text(), subject.text()));
    }
    TRY(const Digest blob, Digest::parse(string_or(layers[0], "digest")));
    return registry.small_blob(blob, document_bytes_max);
}

} // namespace pedigree::imagebuild
