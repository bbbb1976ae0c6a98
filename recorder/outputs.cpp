#include "recorder/outputs.h"

#include <algorithm>

#include <fmt/format.h>

#include "artifacts/transfer.h"
#include "records/pod/paths.h"

namespace pedigree::recorder {
namespace {

namespace pod = records::pod;

constexpr std::size_t left_out_named_max = 10; // of one output, in its gap

// Where an output really lies: user code may have put a link there.
struct Source {
    std::string path; // below the working directory, without links
    bool single = false;
};

Result<Source> find_source(const UntrustedFolder& workspace, const std::string& path) {
    TRY(artifacts::check_manifest_path(path)); // never the working directory as a whole
    auto real = workspace.resolve(path, pod::workspace_directory);
    if (!real && real.error().code == ErrorCode::NotFound) {
        return failure(ErrorCode::NotFound, path + " is not there");
    }
    if (!real) {
        return tl::unexpected<Error>(std::move(real).error());
    }
    if (real->empty()) {
        return failure(ErrorCode::InvalidInput, path + " leads to the working directory itself");
    }
    return Source{*real, workspace.file(*real).has_value()};
}

pod::ObservedArtifact artifact_of(const pod::PodOutput& output, const artifacts::S3Object& target,
                                  const artifacts::Manifest& manifest, bool single) {
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

std::string words_of(const std::vector<artifacts::LeftOut>& left_out) {
    std::string text = fmt::format("{} not kept: ", left_out.size());
    for (std::size_t i = 0; i < std::min(left_out.size(), left_out_named_max); ++i) {
        text += fmt::format("{}\"{}\": {}", i == 0 ? "" : "; ", left_out[i].path, left_out[i].why);
    }
    return text + (left_out.size() > left_out_named_max ? " ..." : "");
}

class Uploader {
  public:
    Uploader(artifacts::S3Client& store, const Settings& settings, std::stop_token stop)
        : store_(store), settings_(settings), stop_(std::move(stop)) {}

    Status upload(const UntrustedFolder& workspace, const pod::PodOutput& output,
                  UploadedOutputs& out) {
        const auto& to = settings_.config.artifact_store;
        const artifacts::S3Object target{
            to.bucket, pod::output_key(to.prefix, settings_.pod_uid, output.name)};
        TRY(const Source source, find_source(workspace, output.path));
        artifacts::Uploaded uploaded;
        if (source.single) {
            const std::string name = source.path.substr(source.path.rfind('/') + 1);
            TRY(const OpenFile file, workspace.file(source.path));
            TRY(auto listed, artifacts::upload_file(store_, target, file, name, stop_));
            uploaded.manifest.files.push_back(std::move(listed));
        } else {
            TRY(const UntrustedFolder folder, workspace.folder(source.path));
            const std::string known_as = std::string(pod::workspace_directory) + "/" + source.path;
            TRY(uploaded, artifacts::upload(store_, target, folder, known_as, stop_));
        }
        if (!uploaded.left_out.empty()) {
            out.gaps.push_back({"NotSeenByRecorder",
                                "output " + output.name + ": " + words_of(uploaded.left_out)});
        }
        if (uploaded.manifest.files.empty()) {
            return failure(ErrorCode::NotFound, output.path + " holds no file that can be kept");
        }
        out.artifacts.push_back(artifact_of(output, target, uploaded.manifest, source.single));
        return {};
    }

  private:
    artifacts::S3Client& store_;
    const Settings& settings_;
    const std::stop_token stop_;
};

// Nothing more can be done about these: the record is complete without the output.
bool of_the_output(ErrorCode code) {
    return code == ErrorCode::NotFound || code == ErrorCode::InvalidInput ||
           code == ErrorCode::TooLarge || code == ErrorCode::Conflict;
}

} // namespace

UploadedOutputs upload_outputs(artifacts::S3Client& store, const Settings& settings,
                               std::stop_token stop) {
    UploadedOutputs out;
    if (settings.config.outputs.empty()) {
        return out;
    }
    const auto workspace = UntrustedFolder::open(settings.places.workspace());
    if (!workspace) {
        out.complete = false;
        out.gaps.push_back({"NotSeenByRecorder", workspace.error().message});
        return out;
    }
    Uploader uploader(store, settings, stop);
    for (const auto& output : settings.config.outputs) {
        if (const auto kept = uploader.upload(*workspace, output, out); !kept) {
            out.complete = out.complete && of_the_output(kept.error().code);
            out.gaps.push_back(
                {"NotSeenByRecorder", "output " + output.name + ": " + kept.error().message});
        }
    }
    return out;
}

} // namespace pedigree::recorder
