#include "imagebuild/wheel/wheel_artifact.h"

#include <fstream>

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/json.h"
#include "imagebuild/wheel/wheel_name.h"

namespace pedigree::imagebuild {
namespace {

constexpr const char* manifest_type = "application/vnd.oci.image.manifest.v1+json";
constexpr const char* empty_type = "application/vnd.oci.empty.v1+json";
constexpr const char* empty_config = "{}"; // image-spec, "guidance for an empty descriptor"
constexpr const char* wheel_type = "application/vnd.pypi.wheel.v1+zip";
constexpr const char* source_annotation = "dev.pedigree.built-from";
constexpr const char* name_annotation = "org.opencontainers.image.title";
constexpr std::size_t tag_hex_digits = 20;
constexpr std::int64_t kept_wheel_bytes_max = 64 * 1024 * 1024; // far more than a build may bring

std::string tag_of(const Digest& wheel) {
    return "wheel-" + wheel.hex().substr(0, tag_hex_digits);
}

std::uint64_t bytes_of(const DerivedWheel& wheel) {
    return static_cast<std::uint64_t>(wheel.bytes);
}

Json descriptor(const std::string& type, const Digest& digest, std::uint64_t bytes) {
    return {{"mediaType", type}, {"digest", digest.text()}, {"size", bytes}};
}

} // namespace

Result<std::uint64_t> push_wheel(RegistryClient& target, const DerivedWheel& wheel,
                                 const std::filesystem::path& file, const Digest& source) {
    TRY(std::uint64_t sent, target.push_blob_file(wheel.digest, file));
    TRY(const std::uint64_t config, target.push_blob(sha256(empty_config), empty_config));
    sent += config;
    Json layer = descriptor(wheel_type, wheel.digest, bytes_of(wheel));
    layer["annotations"] = {{name_annotation, wheel.file_name}};
    Manifest manifest{canonical_json({{"schemaVersion", 2},
                                      {"mediaType", manifest_type},
                                      {"artifactType", wheel_type},
                                      {"config", descriptor(empty_type, sha256(empty_config), 2)},
                                      {"layers", Json::array({std::move(layer)})},
                                      {"annotations", {{source_annotation, source.text()}}}}),
                      manifest_type,
                      {}};
    manifest.digest = sha256(manifest.bytes);
    TRY(target.push_manifest(tag_of(wheel.digest), manifest));
    return sent;
}

Status fetch_wheel(RegistryClient& from, const DerivedWheel& wheel,
                   const std::filesystem::path& file) {
    std::ofstream out(file, std::ios::binary);
    TRY(from.blob(wheel.digest, bytes_of(wheel), [&](std::string_view piece) -> Status {
        out.write(piece.data(), static_cast<std::streamsize>(piece.size()));
        return out ? Status{} : failure(ErrorCode::Unavailable, "cannot write " + file.string());
    }));
    out.close();
    return out ? Status{} : failure(ErrorCode::Unavailable, "cannot write " + file.string());
}

std::filesystem::path wheel_path(const std::filesystem::path& cache, const DerivedWheel& wheel) {
    return cache / "wheels" / wheel.digest.hex() / wheel.file_name;
}

Result<std::filesystem::path> cached_wheel(RegistryClient& from, const DerivedWheel& wheel,
                                           const std::filesystem::path& cache) {
    const std::filesystem::path path = wheel_path(cache, wheel);
    // What a registry sent instead of it lies here in its full size.
    if (const auto there = digest_file(path); there && *there == wheel.digest) {
        return path;
    }
    std::error_code problem;
    std::filesystem::create_directories(path.parent_path(), problem);
    TRY(fetch_wheel(from, wheel, path));
    return path;
}

Result<std::optional<KeptWheel>> find_wheel(RegistryClient& repository, const Digest& wheel) {
    TRY(const auto manifest, repository.tagged_manifest(tag_of(wheel)));
    if (!manifest) {
        return std::nullopt;
    }
    TRY(const Json document, parse_json(manifest->bytes));
    const Json& layers = at_path(document, {"layers"});
    if (!layers.is_array() || layers.size() != 1) {
        return std::nullopt;
    }
    const Json& layer = layers.front();
    const std::int64_t bytes = integer_or(layer, "size", -1);
    const std::string name = string_or(at_path(layer, {"annotations"}), name_annotation);
    const auto source =
        Digest::parse(string_or(at_path(document, {"annotations"}), source_annotation));
    const bool is_wheel = string_or(layer, "digest") == wheel.text() && bytes > 0 &&
                          bytes <= kept_wheel_bytes_max && parse_wheel_name(name) &&
                          name.find('/') == name.npos;
    if (!is_wheel || !source) {
        return std::nullopt;
    }
    return KeptWheel{{name, wheel, bytes, ""}, *source};
}

} // namespace pedigree::imagebuild
