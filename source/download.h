#pragma once
// Downloads one commit of a git repository, with nothing of the history before it, into a bare
// repository of our own. git itself does the transfer; it is given no configuration but ours: https
// or ssh alone, no redirect, no hook, no prompt, no helper, the host's address resolved and checked
// here and pinned. The credential stands in a file of mode 0600 in the scratch directory while git
// runs. Over ssh the host's key must be one that the caller names; see ssh_program.h.
//
// One download at a time for each scratch directory; the caller owns and removes the directory.
// Errors carry a reason: RefInvalid, RefNotFound, RefAmbiguous, CommitNotFound,
// ObjectFormatNotSupported, RepositoryNotFound, SourceRefused,
// AuthenticationFailed, CertificateNotTrusted, RedirectRefused, AddressRefused, SourceTooLarge,
// TransportRefused, UrlInvalid, SshKeyMissing, SshKeyInvalid, KnownHostsMissing, HostKeyUnknown,
// HostKeyChanged (somebody must change something), SourceUnavailable (later again), SourceFailed
// (nobody knows; git_failure.h says what their codes mean).

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include "base/result.h"
#include "base/secret.h"
#include "net/http_client.h"

namespace pedigree::source {

constexpr std::uint64_t pack_bytes_max = 2ull * 1024 * 1024 * 1024;

struct Credential {
    std::string username; // empty: "oauth2", which GitLab and GitHub take for any token
    Secret password;
};

struct SshIdentity {
    Secret private_key;      // as OpenSSH writes it, without a passphrase
    std::string known_hosts; // lines of sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"
};

struct Repository {
    std::string url;                      // https:// or ssh://
    std::optional<Credential> credential; // https
    std::string ca_pem;                   // https; empty: the system's bundle
    std::optional<SshIdentity> ssh;
};

// Exactly one is not empty.
struct Revision {
    std::string ref;
    std::string commit;
};

enum class Transport {
    HttpsOnly,
    HttpAllowed, // the operator's configuration lists the host as one without TLS
};

struct DownloadOptions {
    std::filesystem::path scratch;              // exists and is empty
    net::EgressCheck egress;                    // empty: every address is allowed
    Transport transport = Transport::HttpsOnly; // of URLs that are not ssh://
    std::filesystem::path ssh_program;          // begins with become_ssh_if_asked (ssh_program.h)
    std::chrono::milliseconds deadline{600000};
    std::uint64_t file_bytes_max = pack_bytes_max; // of each file that git writes
};

struct Download {
    std::filesystem::path repository; // bare, below scratch
    std::string commit;               // what the ref meant at that moment, annotated tags peeled
};

Result<Download> download(const Repository& repository, const Revision& revision,
                          const DownloadOptions& options, std::stop_token stop);

} // namespace pedigree::source
