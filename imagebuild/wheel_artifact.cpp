#include "imagebuild/wheel_artifact.h"

#include <fstream>

#include <nlohmann/json.hpp>

#include "base/json.h"

namespace pedigree::imagebuild {
namespace {

constexpr const char* manifest_type = "application/vnd.oci.image.manifest.v1+json";
constexpr const char* empty_type = "application/vnd.oci.empty.v1+json";
constexpr const char* empty_config = "{}"; // image-spec, "guidance for an empty descriptor"
constexpr const char* wheel_type = "application/vnd.pypi.wheel.v1+zip";

Json descriptor(const std::string& type, const Digest& digest, std::uint64_t bytes) {
    return {{"mediaType", type}, {"digest", digest.text()}, {"size", bytes}};
}

} // namespace

Result<std::uint64_t> push_wheel(RegistryClient& target, const DerivedWheel& wheel,
                                 const std::filesystem::path& file, const Digest& source) {
    TRY(std::uint64_t sent, target.push_blob_file(wheel.digest, file));
    TRY(const std::uint64_t config, target.push_blob(sha256(empty_config), empty_config));
    sent += config;
    Json layer = descriptor(wheel_type, wheel.digest, wheel.bytes);
    layer["annotations"] = {{"org.opencontainers.image.title", wheel.file_name}};
    Manifest manifest{
        canonical_json({{"schemaVersion", 2},
                        {"mediaType", manifest_type},
                        {"artifactType", wheel_type},
                        {"config", descriptor(empty_type, sha256(empty_config), 2)},
                        {"layers", Json::array({std::move(layer)})},
                        {"annotations", {{"dev.pedigree.built-from", source.text()}}}}),
        manifest_type,
        {}};
    manifest.digest = sha256(manifest.bytes);
    TRY(target.push_manifest("wheel-" + wheel.digest.hex().substr(0, 20), manifest));
    return sent;
}

Status fetch_wheel(RegistryClient& from, const DerivedWheel& wheel,
                   const std::filesystem::path& file) {
    std::ofstream out(file, std::ios::binary);
    TRY(from.blob(wheel.digest, wheel.bytes, [&](std::string_view piece) -> Status {
        out.write(piece.data(), static_cast<std::streamsize>(piece.size()));
        return out ? Status{} : failure(ErrorCode::Unavailable, "cannot write " + file.string());
    }));
    out.close();
    return out ? Status{} : failure(ErrorCode::Unavailable, "cannot write " + file.string());
}

} // namespace pedigree::imagebuild
