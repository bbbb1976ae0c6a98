// Of what the recorder saw: the artifacts with their files, and the pages of a large account.

#include <algorithm>
#include <map>
#include <optional>

#include <fmt/format.h>

#include "experiment/events/account.h"

namespace pedigree::experiment {
namespace {

using records::GapKind;
using records::NodeKind;
using records::NodeRef;
using records::Relation;
using records::pod::Bundle;
using records::pod::ObservedArtifact;

NodeKind artifact_kind(const ObservedArtifact& artifact) {
    return artifact.kind == "Model"        ? NodeKind::Model
           : artifact.kind == "Checkpoint" ? NodeKind::Checkpoint
                                           : NodeKind::Artifact;
}

constexpr std::size_t manifest_text_bytes_max = 512 * 1024;

// The lines whose SHA-256 names the folder, so that an answer knows which path has which bytes,
// also where two files or two folders are alike. Empty for a single file.
std::string manifest_text(const ObservedArtifact& artifact) {
    std::map<std::string, std::string> hex_by_path;
    for (const auto& file : artifact.files) {
        const auto digest = Digest::parse(file.digest);
        hex_by_path[file.path] = digest ? digest->hex() : "";
    }
    std::string text;
    for (const auto& [path, hex] : hex_by_path) {
        fmt::format_to(std::back_inserter(text), "{}  {}\n", hex, path);
    }
    const bool names_it = sha256(text).text() == artifact.digest;
    return names_it && text.size() <= manifest_text_bytes_max ? text : "";
}

// The run that it was logged to; a logged model is none.
std::optional<NodeRef> run_of(const ObservedArtifact& artifact, const Account& account) {
    const auto in_files = account.in_files.find({artifact.source, artifact.run_id});
    if (in_files != account.in_files.end()) {
        return in_files->second;
    }
    const bool of_server = !artifact.run_id.empty() && artifact.run_id.rfind("m-", 0) != 0;
    return of_server ? std::optional(run_node(account.server, artifact.run_id)) : std::nullopt;
}

} // namespace

void write_artifacts(records::Event& event, const Account& account) {
    for (const ObservedArtifact& artifact : account.bundle.artifacts) {
        const NodeRef node{artifact_kind(artifact), artifact.digest};
        const auto listed = static_cast<std::int64_t>(artifact.files.size());
        std::int64_t bytes = artifact.bytes; // counted by the recorder: files may stand in pages
        for (const auto& file : artifact.files) {
            bytes += artifact.file_count == 0 ? file.bytes : 0;
        }
        event.node(node)
            .text("name", artifact.name)
            .word("source", artifact.source)
            .attribute("bytes", bytes)
            .attribute("files", std::max(artifact.file_count, listed))
            .uri(artifact.location);
        if (const std::string manifest = manifest_text(artifact); !manifest.empty()) {
            event.node(node).text("manifest", manifest);
        }
        event.edge(node, Relation::GeneratedBy, account.attempt, account.whose, artifact.source);
        if (const auto run = run_of(artifact, account)) {
            event.node(*run);
            event.edge(node, Relation::PartOf, *run, account.whose);
        }
        for (const auto& file : artifact.files) {
            const NodeRef part{NodeKind::Artifact, file.digest};
            if (part == node) {
                continue; // a single file is its own artifact
            }
            event.node(part).attribute("bytes", file.bytes).text("path", file.path);
            event.edge(part, Relation::PartOf, node, account.whose);
        }
    }
}

void write_pages(records::Event& event, const Account& account) {
    const Bundle& bundle = account.bundle;
    if (bundle.pages.empty()) {
        return;
    }
    for (std::size_t i = 0; i < bundle.pages.size(); ++i) {
        const NodeRef page{NodeKind::Artifact, bundle.pages[i].digest};
        event.node(page)
            .text("name", fmt::format("page {} of the record", i + 1))
            .word("source", "RecordPage")
            .attribute("bytes", bundle.pages[i].bytes);
        event.edge(page, Relation::GeneratedBy, account.attempt, account.whose, "RecordPage");
    }
    std::int64_t parameters = 0, metrics = 0, files = 0;
    for (const auto& run : bundle.runs) {
        parameters += run.parameter_count - static_cast<std::int64_t>(run.parameters.size());
        metrics += run.metric_count - static_cast<std::int64_t>(run.metrics.size());
    }
    for (const auto& artifact : bundle.artifacts) {
        files += artifact.file_count - static_cast<std::int64_t>(artifact.files.size());
    }
    event.gap(
        GapKind::InPages, account.attempt,
        fmt::format("The account is large: {} runs, {} artifacts, and of those listed {} "
                    "parameters, {} metrics and {} files stand in its {} pages alone; a "
                    "trace does not find them.",
                    bundle.run_count - static_cast<std::int64_t>(bundle.runs.size()),
                    bundle.artifact_count - static_cast<std::int64_t>(bundle.artifacts.size()),
                    parameters, metrics, files, bundle.pages.size()));
}

} // namespace pedigree::experiment
