#include "worker/git_source.h"

#include "base/log.h"
#include "source/download.h"
#include "source/ssh_url.h"
#include "worker/system_calls.h"

namespace pedigree::worker {

Result<source::Snapshot> open_source(const records::work::GitSource& git, const WorkPlace& place) {
    source::Repository repository{git.url, std::nullopt, git.ca_pem, std::nullopt};
    if (git.credential) {
        redact_in_logs(git.credential->password);
        repository.credential =
            source::Credential{git.credential->username, git.credential->password};
    }
    if (source::is_ssh_url(git.url)) {
        redact_in_logs(git.ssh_private_key);
        repository.ssh = source::SshIdentity{git.ssh_private_key, git.known_hosts};
    }
    source::DownloadOptions options;
    options.scratch = place.scratch;
    options.egress = place.egress.function();
    options.ssh_program = std::filesystem::canonical("/proc/self/exe");
    TRY(const source::Download got,
        source::download(repository, {git.ref, git.commit}, options, {}));
    // git was the last program; what reads the tree, wheels and archives needs none.
    TRY(forbid_programs());
    return source::Snapshot::open(got.repository, got.commit, git.subdirectory);
}

} // namespace pedigree::worker
