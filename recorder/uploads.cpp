#include "recorder/uploads.h"

#include <algorithm>

#include "artifacts/manifest.h"
#include "base/digest.h"

namespace pedigree::recorder {
namespace {

using records::pod::ObservedArtifact;
using records::pod::ObservedFile;

using Files = std::vector<ObservedFile>; // sorted by path

Files files_below(const Observations& seen, const std::string& root) {
    Files files;
    const std::string prefix = root + "/";
    for (auto at = seen.uploads.lower_bound(prefix);
         at != seen.uploads.end() && at->first.starts_with(prefix); ++at) {
        files.push_back({at->first.substr(prefix.size()), at->second.digest, at->second.bytes});
    }
    return files;
}

std::string manifest_digest(const Files& files) {
    std::vector<artifacts::ManifestFile> lines;
    for (const ObservedFile& file : files) {
        lines.push_back({file.path, *Digest::parse(file.digest), file.bytes});
    }
    const auto manifest = artifacts::make_manifest(std::move(lines));
    return manifest ? manifest->digest().text() : "";
}

// The folder that a file belongs to: the outermost one that holds an MLmodel, else its first
// segment; a file at the root stands alone under its own name.
std::string group_of(const std::string& path, const std::vector<std::string>& models) {
    for (const std::string& model : models) {
        if (path.starts_with(model + "/")) {
            return model;
        }
    }
    return path.substr(0, path.find('/'));
}

std::string kind_of(const std::string& group, const std::vector<std::string>& models) {
    if (std::find(models.begin(), models.end(), group) != models.end()) {
        return "Model";
    }
    return group.find("checkpoint") != std::string::npos ? "Checkpoint" : "Artifact";
}

std::vector<std::string> model_folders(const Files& files) {
    constexpr std::string_view mark = "/MLmodel";
    std::vector<std::string> folders;
    for (const ObservedFile& file : files) {
        if (file.path.ends_with(mark)) {
            folders.push_back(file.path.substr(0, file.path.size() - mark.size()));
        }
    }
    // Outermost first: a model inside a model belongs to it.
    std::sort(folders.begin(), folders.end(),
              [](const auto& a, const auto& b) { return a.size() < b.size(); });
    return folders;
}

void add_run(const SeenRun& run, const Files& files, std::vector<ObservedArtifact>& out) {
    const auto models = model_folders(files);
    std::map<std::string, Files> groups;
    for (const ObservedFile& file : files) {
        groups[group_of(file.path, models)].push_back(file);
    }
    for (auto& [group, members] : groups) {
        ObservedArtifact artifact;
        artifact.name = group;
        artifact.kind = kind_of(group, models);
        artifact.source = "MLflow";
        artifact.run_id = run.run.run_id;
        artifact.location = "mlflow-artifacts:/" + run.artifact_root + "/" + group;
        const bool single = members.size() == 1 && members.front().path == group;
        for (ObservedFile& member : members) {
            member.path = single ? group : member.path.substr(group.size() + 1);
        }
        artifact.digest = single ? members.front().digest : manifest_digest(members);
        artifact.files = std::move(members);
        out.push_back(std::move(artifact));
    }
}

} // namespace

std::vector<ObservedArtifact> uploaded_artifacts(const Observations& seen) {
    std::vector<ObservedArtifact> out;
    for (const auto& [id, run] : seen.runs) {
        if (!run.artifact_root.empty()) {
            add_run(run, files_below(seen, run.artifact_root), out);
        }
    }
    for (const auto& [id, model] : seen.models) {
        Files files =
            model.artifact_root.empty() ? Files{} : files_below(seen, model.artifact_root);
        if (files.empty()) {
            continue;
        }
        ObservedArtifact artifact;
        artifact.name = model.name;
        artifact.kind = "Model";
        artifact.source = "MLflow";
        artifact.run_id = id;
        artifact.location = "mlflow-artifacts:/" + model.artifact_root;
        artifact.digest = manifest_digest(files);
        artifact.files = std::move(files);
        out.push_back(std::move(artifact));
    }
    return out;
}

} // namespace pedigree::recorder
