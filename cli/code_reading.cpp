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

} // namespace pedigree::cli
