#include "cli/code_reading.h"

#include "source/download.h"
#include "source/local_ref.h"

namespace pedigree::cli {

Result<source::Snapshot> open_code(const CodePlace& place, const CodeAccess& access) {
    if (!place.folder.empty()) {
        std::filesystem::path repository = place.folder;
        std::error_code ignored;
        if (std::filesystem::exists(repository / ".git", ignored)) {
            repository /= ".git";
        }
        std::string commit = place.commit;
        if (commit.empty()) {
            TRY(commit, source::local_commit(repository, place.ref));
        }
        return source::Snapshot::open(repository, commit, place.subdirectory);
    }
    source::DownloadOptions download;
    download.scratch = access.scratch / "source";
    std::error_code ignored;
    std::filesystem::create_directories(download.scratch, ignored);
    const std::string ref = place.commit.empty() ? place.ref : "";
    TRY(const source::Download got,
        source::download({place.url, std::nullopt, access.ca_pem, std::nullopt},
                         {ref, place.commit}, download, access.stop));
    return source::Snapshot::open(got.repository, got.commit, place.subdirectory);
}

Result<std::vector<imagebuild::CodeFile>> code_files(const source::Snapshot& snapshot,
                                                     std::vector<std::string>& warnings) {
    TRY(const auto files, snapshot.files(warnings));
    std::vector<imagebuild::CodeFile> code;
    for (const source::TreeFile& file : files) {
        using Kind = imagebuild::CodeFile::Kind;
        const Kind kind = file.mode == source::FileMode::Symlink      ? Kind::Symlink
                          : file.mode == source::FileMode::Executable ? Kind::Executable
                                                                      : Kind::Regular;
        code.push_back({file.path, kind, [&snapshot, file] { return snapshot.read(file); }});
    }
    return code;
}

} // namespace pedigree::cli
