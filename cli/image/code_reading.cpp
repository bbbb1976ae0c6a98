#include "cli/image/code_reading.h"

#include "source/download.h"
#include "source/local_ref.h"
#include "source/submodules.h"

namespace pedigree::cli {

namespace {

source::DownloadOptions below(const std::filesystem::path& scratch) {
    source::DownloadOptions download;
    download.scratch = scratch;
    std::error_code ignored;
    std::filesystem::create_directories(download.scratch, ignored);
    return download;
}

// With its submodules, if the place says so.
Result<source::Snapshot> open_snapshot(const std::filesystem::path& repository,
                                       const std::string& commit, const CodePlace& place,
                                       const CodeAccess& access) {
    std::vector<source::Submodule> submodules;
    if (place.submodules) {
        const auto anonymous = [&access](const std::string& url) {
            return source::Repository{url, std::nullopt, access.ca_pem, std::nullopt};
        };
        TRY(submodules, source::download_submodules(
                            {repository, commit, place.url, place.subdirectory}, anonymous,
                            below(access.scratch / "submodules"), access.stop));
    }
    return source::Snapshot::open(repository, commit, place.subdirectory, std::move(submodules));
}

} // namespace

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
        return open_snapshot(repository, commit, place, access);
    }
    const std::string ref = place.commit.empty() ? place.ref : "";
    TRY(const source::Download got,
        source::download({place.url, std::nullopt, access.ca_pem, std::nullopt},
                         {ref, place.commit}, below(access.scratch / "source"), access.stop));
    return open_snapshot(got.repository, got.commit, place, access);
}

} // namespace pedigree::cli
