#include "worker/git_source.h"

#include "pipeline/spec/syntax.h"
#include "source/download.h"
#include "source/ssh_url.h"
#include "source/submodules.h"
#include "worker/system_calls.h"

namespace pedigree::worker {
namespace {

source::Repository with_access(const records::work::GitSource& git, const std::string& url) {
    source::Repository repository{url, std::nullopt, git.ca_pem, std::nullopt};
    if (source::is_ssh_url(url)) {
        repository.ssh = source::SshIdentity{git.ssh_private_key, git.known_hosts};
    } else if (git.credential) {
        repository.credential =
            source::Credential{git.credential->username, git.credential->password};
    }
    return repository;
}

// The tree says where a submodule lies; who made the Secret says which hosts may see it.
source::Repository submodule_access(const records::work::GitSource& git, const std::string& url) {
    if (spec::names_host(git.secret_hosts, spec::host_of(url))) {
        return with_access(git, url);
    }
    return {url, std::nullopt, git.ca_pem, std::nullopt};
}

} // namespace

Result<source::Snapshot> open_source(const records::work::GitSource& git, const WorkPlace& place) {
    source::DownloadOptions options;
    options.scratch = place.scratch;
    options.egress = place.egress.function();
    options.ssh_program = std::filesystem::canonical("/proc/self/exe");
    TRY(const source::Download got,
        source::download(with_access(git, git.url), {git.ref, git.commit}, options, {}));
    std::vector<source::Submodule> submodules;
    if (git.submodules) {
        const auto access = [&git](const std::string& url) { return submodule_access(git, url); };
        TRY(submodules,
            source::download_submodules({got.repository, got.commit, git.url, git.subdirectory},
                                        access, options, {}));
    }
    // git was the last program; what reads the tree, wheels and archives needs none.
    TRY(forbid_programs());
    return source::Snapshot::open(got.repository, got.commit, git.subdirectory,
                                  std::move(submodules));
}

} // namespace pedigree::worker
