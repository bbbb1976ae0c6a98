// pedigree download: the files of a model or an artifact, checked against the record.

#include <filesystem>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/app/command.h"
#include "cli/app/documents.h"
#include "cli/download/transfer.h"

namespace pedigree::cli {

namespace {

struct Options {
    std::string subject;
    std::string folder; // empty: that of the artifact's name
    bool force = false;
    Format format = Format::Table;
};

void describe(Options& options, Syntax& syntax) {
    syntax
        .value("subject", options.subject, "SUBJECT",
               "exp/NAME, exp/NAME/TRIAL, attempt:UID, or the digest of a model or an artifact")
        .from(Source::Subjects)
        .required();
    syntax
        .value("-o,--output", options.folder, "FOLDER",
               "Write into this folder, which is made if it is not there")
        .from(Source::Files)
        .usually("its name, here");
    syntax.flag("--force", options.force, "Replace other files of these names");
    syntax.format(options.format, {Format::Table, Format::Json}, "--format");
}

// A folder of the current one, whatever the record calls the artifact.
std::string folder_name(const RemoteObject& object) {
    std::string name;
    for (const char c : object.name) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
        name += plain ? c : '-';
    }
    const std::size_t begin = name.find_first_not_of(".-");
    return begin == std::string::npos ? "artifact" : name.substr(begin, 100);
}

Json document_of(const RemoteManifest& manifest, const std::vector<Arrived>& files,
                 const std::string& folder) {
    const RemoteObject& object = manifest.object;
    Json items = Json::array();
    std::int64_t bytes = 0;
    for (const Arrived& one : files) {
        items.push_back({{"path", one.file.path},
                         {"digest", one.file.digest.text()},
                         {"bytes", one.file.bytes},
                         {"written", one.written}});
        bytes += one.file.bytes;
    }
    return {{"digest", object.digest},
            {"name", object.name},
            {"artifactKind", object.kind},
            {"experiment", object.experiment},
            {"trial", object.trial},
            {"attempt", object.attempt},
            {"podUid", object.pod_uid},
            {"asserted", object.asserted},
            {"folder", folder},
            {"bytes", bytes},
            {"items", std::move(items)}};
}

std::string sentence_of(const RemoteManifest& manifest, const std::vector<Arrived>& files,
                        const std::string& folder) {
    const RemoteObject& object = manifest.object;
    std::size_t written = 0;
    for (const Arrived& one : files) {
        written += one.written ? 1 : 0;
    }
    const std::string there = written == files.size()
                                  ? ""
                                  : fmt::format(", {} of them were there", files.size() - written);
    return fmt::format("{}: {} {} of {}, trial {}: {} files{}, as the record has them\n", folder,
                       object.kind, printable(object.name), printable(object.experiment),
                       object.trial, files.size(), there);
}

Result<ExitCode> perform(const Options& options, const Context& context) {
    TRY(const Cluster* const cluster, context.cluster());
    Terminal& terminal = context.terminal;
    TRY(const RemoteObject object, find_object(*cluster, options.subject));
    TRY(const RemoteManifest manifest, read_manifest_of(*cluster, object));
    const std::string path = options.folder.empty() ? folder_name(object) : options.folder;
    TRY(const DownloadFolder folder, DownloadFolder::open(path));
    TRY(const auto files,
        download_files(manifest, folder, options.force ? Replace::Yes : Replace::No, *cluster,
                       terminal));
    if (object.asserted != "Recorder") {
        terminal.err << "the account of this attempt is not signed by its recorder: that these are "
                        "its bytes is the word of user code\n";
    }
    if (options.format == Format::Json) {
        terminal.out << document_text(enveloped("Download", document_of(manifest, files, path)),
                                      Format::Json);
    } else {
        terminal.out << sentence_of(manifest, files, path);
    }
    return ExitCode::Ok;
}

} // namespace

Command download_command() {
    return define_command<Options>(
        {"download", "fetches the files of a model or an artifact, checked against the record",
         "  {} download exp/mnist-1\n"
         "  {} download mnist-4/7 -o best/\n"
         "  {} download sha256:3f786850e387550fdab836ed7e6dc881de23001b3f786850e387550fdab836ed -o model/"},
        describe, perform);
}

} // namespace pedigree::cli
