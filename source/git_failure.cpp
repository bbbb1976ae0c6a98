#include "source/git_failure.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "base/caught.h"
#include "net/http.h"

namespace pedigree::source {
namespace {

struct Meaning {
    std::string_view words; // in git's output
    ErrorCode code;
    std::string_view reason;
    std::string_view sentence; // {0}: the repository, {1}: the ref or commit
};

// What is no status of HTTP has words only. The first that fits decides.
constexpr std::array meanings{
    Meaning{"Out of memory", ErrorCode::TooLarge, memory_exceeded,
            "{0} at {1} does not fit into the memory that git may take"},
    Meaning{"not our ref", ErrorCode::NotFound, "CommitNotFound",
            "{0} has no commit {1} that a branch or tag reaches: it was not pushed, or its branch "
            "was deleted or force-pushed since; push it again under a branch or tag"},
    Meaning{"unadvertised object", ErrorCode::Gone, "CommitNotFound",
            "{0} does not hand out commit {1}; it must be the tip of a branch or tag there"},
    Meaning{"find remote ref", ErrorCode::NotFound, "RefNotFound",
            "{0} has no branch or tag \"{1}\""},
    Meaning{"IDENTIFICATION HAS CHANGED", ErrorCode::InvalidInput, "HostKeyChanged",
            "{0} shows another host key than the Secret's known_hosts has for it; find out why "
            "before you change it: somebody may stand in between"},
    Meaning{"Host key verification failed", ErrorCode::InvalidInput, "HostKeyUnknown",
            "the Secret's known_hosts has no key for {0}; add the line that `ssh-keyscan` prints "
            "for it, once it was compared with what its owner publishes"},
    Meaning{"Load key", ErrorCode::InvalidInput, "SshKeyInvalid",
            "ssh-privatekey of the Secret for {0} is no private key that OpenSSH reads; it must be "
            "whole and have no passphrase"},
    Meaning{"Permission denied (", ErrorCode::Unauthorized, "AuthenticationFailed",
            "{0} refused the key ssh-privatekey; register its public half there, and give it no "
            "passphrase"},
    Meaning{"No user exists for uid", ErrorCode::InvalidInput, "SshUnavailable",
            "ssh does not run under a user id that /etc/passwd lacks, so {0} was not asked; run "
            "the worker under the id of its image"},
    Meaning{"/usr/bin/ssh: No such file", ErrorCode::InvalidInput, "SshUnavailable",
            "the worker's image has no ssh, so {0} was not asked"},
    Meaning{"Authentication failed", ErrorCode::Unauthorized, "AuthenticationFailed",
            "{0} refused the credential; check the token in source.git.secretName"},
    Meaning{"could not read Username", ErrorCode::Unauthorized, "AuthenticationFailed",
            "{0} wants a credential, or refused the one it got; check username and token in the "
            "Secret that source.git.secretName names"},
    Meaning{"could not read Password", ErrorCode::Unauthorized, "AuthenticationFailed",
            "{0} refused the credential; check the token in source.git.secretName"},
    Meaning{"redirect", ErrorCode::InvalidInput, "RedirectRefused",
            "{0} answers with a redirect, which is not followed; use the address it points to"},
    Meaning{"certificate", ErrorCode::InvalidInput, "CertificateNotTrusted",
            "the certificate of {0} is not trusted; add its CA to the operator's CA bundle"},
    Meaning{"SSL", ErrorCode::InvalidInput, "CertificateNotTrusted",
            "no trusted TLS connection to {0}; add its CA to the operator's CA bundle"},
    Meaning{"not found", ErrorCode::NotFound, "RepositoryNotFound",
            "{0} does not exist, or the credential may not see it"},
    Meaning{"does not appear to be a git repository", ErrorCode::NotFound, "RepositoryNotFound",
            "{0} is no git repository"},
    Meaning{"not valid: is this a git repository?", ErrorCode::NotFound, "RepositoryNotFound",
            "{0} is no git repository"},
    Meaning{"fsck error", ErrorCode::Corrupt, "SourceCorrupt",
            "{0} holds objects that git's own check refuses; run `git fsck` there"},
    Meaning{"index-pack died of signal 25", ErrorCode::TooLarge, "SourceTooLarge",
            "{0} at {1} is larger than the limit for one commit's files"},
    Meaning{"File too large", ErrorCode::TooLarge, "SourceTooLarge",
            "{0} at {1} is larger than the limit for one commit's files"},
};

// What passes by itself: nobody answered, or not to the end.
constexpr std::array<std::string_view, 10> passing{"unable to access",
                                                   "early EOF",
                                                   "hung up unexpectedly",
                                                   "Connection refused",
                                                   "Connection reset",
                                                   "Connection closed",
                                                   "timed out",
                                                   "No route to host",
                                                   "Network is unreachable",
                                                   "Temporary failure in name resolution"};

// git ends with the same code whatever happened, but says which status the server gave.
std::optional<int> http_status(std::string_view error_output) {
    constexpr std::string_view words = "returned error: ";
    const std::size_t at = error_output.find(words);
    int status = 0;
    if (at == error_output.npos) {
        return std::nullopt;
    }
    const std::string_view digits = error_output.substr(at + words.size());
    std::from_chars(digits.data(), digits.data() + digits.size(), status);
    return status;
}

Meaning meaning_of(int status) {
    const ErrorCode code = net::status_error({status, {}, ""}, "").code;
    if (status >= 300 && status < 400) {
        return {"", ErrorCode::InvalidInput, "RedirectRefused",
                "{0} answers with a redirect, which is not followed; use the address it points to"};
    }
    switch (code) {
    case ErrorCode::Unauthorized:
        return {"", code, "AuthenticationFailed",
                "{0} refused the credential; check the token in source.git.secretName"};
    case ErrorCode::Forbidden:
        return {"", code, "AuthenticationFailed",
                "{0} accepts the credential but does not let it read this repository"};
    case ErrorCode::NotFound:
    case ErrorCode::Gone:
        return {"", ErrorCode::NotFound, "RepositoryNotFound",
                "{0} does not exist, or the credential may not see it"};
    case ErrorCode::TooMany:
        return {"", code, "SourceUnavailable", "{0} asks us to slow down"};
    case ErrorCode::Timeout:
    case ErrorCode::Unavailable:
        return {"", code, "SourceUnavailable", "{0} is away or broken; trying again"};
    default:
        return {"", ErrorCode::InvalidInput, "SourceRefused",
                "{0} refuses to be read as a git repository; check source.git.url"};
    }
}

Error error_of(const Meaning& meaning, std::string_view place, std::string_view wanted) {
    Error error(meaning.code, fmt::format(fmt::runtime(meaning.sentence), place, wanted));
    error.reason = meaning.reason;
    return error;
}

} // namespace

Error git_failure(std::string_view error_output, std::string_view place, std::string_view wanted) {
    if (const auto status = http_status(error_output)) {
        return error_of(meaning_of(*status), place, wanted);
    }
    const auto says = [&](std::string_view words) {
        return error_output.find(words) != error_output.npos;
    };
    const auto found = std::find_if(meanings.begin(), meanings.end(),
                                    [&](const Meaning& meaning) { return says(meaning.words); });
    if (found != meanings.end()) {
        return error_of(*found, place, wanted);
    }
    if (std::any_of(passing.begin(), passing.end(), says)) {
        return error_of({"", ErrorCode::Unavailable, "SourceUnavailable",
                         "{0} did not answer as a git server does; trying again"},
                        place, wanted);
    }
    // git's last words may quote what the server sent: they are not passed on.
    return error_of({"", ErrorCode::Internal, "SourceFailed",
                     "git could not fetch {1} from {0}, and why is not known to us; `git fetch {0} "
                     "{1}` shows it"},
                    place, wanted);
}

} // namespace pedigree::source
