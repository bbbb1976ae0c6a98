#include "recorder/outputs.h"

#include <system_error>

#include "artifacts/transfer.h"
#include "recorder/exchange_file.h"

namespace pedigree::recorder {
namespace {

namespace fs = std::filesystem;
namespace pod = records::pod;

Result<pod::ObservedArtifact> upload_output(artifacts::S3Client& store, const Settings& settings,
                                            const pod::PodOutput& output, std::stop_token stop) {
    const auto& config = settings.config;
    TRY(artifacts::check_manifest_path(output.path)); // never the working directory as a whole
    TRY(const fs::path source, inside(settings.places.workspace(), output.path));
    const artifacts::S3Object target{
        config.artifact_store.bucket,
        pod::output_key(config.artifact_store.prefix, settings.pod_uid, output.name)};
    TRY(const auto manifest, artifacts::upload(store, target, source, stop));
    if (manifest.files.empty()) {
        return failure(ErrorCode::NotFound, output.path + " holds no file");
    }
    std::error_code problem;
    const bool single = fs::is_regular_file(source, problem);
    pod::ObservedArtifact artifact;
    artifact.name = output.name;
    artifact.kind = output.kind;
    artifact.source = "Output";
    artifact.location = target.text();
    artifact.digest = single ? manifest.files.front().digest.text() : manifest.digest().text();
    for (const auto& file : manifest.files) {
        artifact.files.push_back({file.path, file.digest.text(), file.bytes});
    }
    return artifact;
}

} // namespace

UploadedOutputs upload_outputs(artifacts::S3Client& store, const Settings& settings,
                               std::stop_token stop) {
    UploadedOutputs out;
    for (const auto& output : settings.config.outputs) {
        auto artifact = upload_output(store, settings, output, stop);
        if (artifact) {
            out.artifacts.push_back(std::move(*artifact));
            continue;
        }
        const ErrorCode code = artifact.error().code;
        out.complete =
            out.complete && (code == ErrorCode::NotFound || code == ErrorCode::InvalidInput);
        out.gaps.push_back(
            {"NotSeenByRecorder", "output " + output.name + ": " + artifact.error().message});
    }
    return out;
}

} // namespace pedigree::recorder
