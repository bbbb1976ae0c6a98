#pragma once
// The fields of what is said about a source; resolving and building share GitSource.

#include "records/fields.h"
#include "records/work/work.h"

namespace pedigree::records::work {

template <typename Visit, Is<BasicCredential> Self>
void describe(Visit& visit, Self& credential) {
    visit("username", credential.username);
    visit("password", credential.password);
}

template <typename Visit, Is<GitSource> Self>
void describe(Visit& visit, Self& source) {
    visit("url", source.url);
    visit("ref", source.ref);
    visit("commit", source.commit);
    visit("subdirectory", source.subdirectory);
    visit("credential", source.credential);
    visit("caPem", source.ca_pem);
    visit("sshPrivateKey", source.ssh_private_key);
    visit("knownHosts", source.known_hosts);
    visit("submodules", source.submodules);
    visit("secretHosts", source.secret_hosts);
}

template <typename Visit, Is<ResolveSourceInput> Self>
void describe(Visit& visit, Self& input) {
    visit("git", input.git);
    visit("lockFile", input.lock_file);
}

template <typename Visit, Is<ResolveSourceOutcome> Self>
void describe(Visit& visit, Self& outcome) {
    visit("commit", outcome.commit);
    visit("tree", outcome.tree);
    visit("lockDigest", outcome.lock_digest);
    visit("wheelDigests", outcome.wheel_digests);
    visit("author", outcome.author);
    visit("committer", outcome.committer);
    visit("subject", outcome.subject);
    visit("committedAt", outcome.committed_at);
    visit("signature", outcome.signature);
    visit("missing", outcome.missing);
}

} // namespace pedigree::records::work
