#include "source/download.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/file.h"
#include "base/process.h"
#include "net/url.h"
#include "source/git_configuration.h"
#include "source/git_failure.h"
#include "source/pinned_address.h"
#include "source/ref.h"
#include "source/ssh_configuration.h"
#include "source/ssh_program.h"

namespace pedigree::source {
namespace {

constexpr const char* git_program = "/usr/bin/git";
constexpr const char* local_ref = "refs/pedigree/source";

class Git {
  public:
    Git(const Repository& repository, std::string wanted, const DownloadOptions& options,
        std::stop_token stop)
        : url_(repository.url), wanted_(std::move(wanted)), options_(options),
          stop_(std::move(stop)), deadline_(std::chrono::steady_clock::now() + options.deadline) {}

    Status configure(const Repository& repository, const net::Url& url) {
        GitConfiguration configuration;
        configuration.origin = url.origin();
        configuration.transport = options_.transport;
        TRY(const std::string address, pinned_address(url.host, url.port, options_.egress));
        configuration.pinned_address = fmt::format("{}:{}:{}", url.host, url.port, address);
        if (!repository.ca_pem.empty()) {
            configuration.ca_file = options_.scratch / "ca.pem";
            TRY(write_file(configuration.ca_file, repository.ca_pem));
        }
        return write_file(configuration_file(),
                          git_configuration_text(configuration, repository.credential).reveal(),
                          0600);
    }

    Status configure(const SshIdentity& identity, const SshUrl& url) {
        SshConfiguration ssh;
        TRY(ssh.address, pinned_address(url.host, url.port, options_.egress));
        ssh.identity_file = identity_file();
        ssh.known_hosts_file = options_.scratch / "known_hosts";
        // A key without its last line feed is none to OpenSSH.
        TRY(write_file(ssh.identity_file, identity.private_key.reveal() + "\n", 0600));
        TRY(write_file(ssh.known_hosts_file, identity.known_hosts + "\n"));
        TRY(write_file(ssh_configuration_file(), ssh_configuration_text(url, ssh)));
        return write_file(configuration_file(), git_configuration_for_ssh());
    }

    // The credential need not outlive the transfer.
    void forget() const {
        std::error_code ignored;
        std::filesystem::remove(configuration_file(), ignored);
        std::filesystem::remove(identity_file(), ignored);
    }

    Result<ProcessResult> run(std::vector<std::string> arguments) const {
        ProcessRequest request;
        request.argv = {git_program, "--git-dir=" + directory().string()};
        request.argv.insert(request.argv.end(), arguments.begin(), arguments.end());
        request.environment = {{"PATH", "/usr/bin:/bin"},
                               {"HOME", options_.scratch.string()},
                               {"LC_ALL", "C"},
                               {"GIT_CONFIG_NOSYSTEM", "1"},
                               {"GIT_CONFIG_GLOBAL", configuration_file().string()},
                               {"GIT_ATTR_NOSYSTEM", "1"},
                               {"GIT_TERMINAL_PROMPT", "0"},
                               {"GIT_ASKPASS", "/bin/false"},
                               {"GIT_SSH", options_.ssh_program.string()},
                               {"GIT_SSH_VARIANT", "ssh"},
                               {ssh_configuration_variable, ssh_configuration_file().string()}};
        request.working_directory = options_.scratch;
        request.output_bytes_max = 16 * 1024 * 1024;
        request.limits.file_bytes_max = options_.file_bytes_max;
        request.deadline = std::chrono::duration_cast<std::chrono::milliseconds>(
            deadline_ - std::chrono::steady_clock::now());
        TRY(ProcessResult result, run_process(request, stop_));
        return result;
    }

    Result<std::string> succeed(std::vector<std::string> arguments) const {
        TRY(ProcessResult result, run(std::move(arguments)));
        if (!result.succeeded()) {
            return tl::unexpected<Error>(git_failure(result.error_output, url_, wanted_));
        }
        return std::move(result.output);
    }

    std::filesystem::path directory() const { return options_.scratch / "repository.git"; }

  private:
    std::filesystem::path configuration_file() const { return options_.scratch / "gitconfig"; }
    std::filesystem::path identity_file() const { return options_.scratch / "ssh_key"; }
    std::filesystem::path ssh_configuration_file() const { return options_.scratch / "ssh_config"; }

    std::string url_, wanted_;
    const DownloadOptions& options_;
    std::stop_token stop_;
    std::chrono::steady_clock::time_point deadline_;
};

// A name on the server, and the id that stands there.
struct ListedRef {
    std::string name, id;
};

// Of git-ls-remote(1): "ID<tab>NAME".
std::vector<ListedRef> listed_refs(std::string_view listing) {
    std::vector<ListedRef> refs;
    while (!listing.empty()) {
        const std::string_view line = listing.substr(0, listing.find('\n'));
        listing.remove_prefix(std::min(line.size() + 1, listing.size()));
        if (const auto tab = line.find('\t'); tab != line.npos) {
            refs.push_back({std::string(line.substr(tab + 1)), std::string(line.substr(0, tab))});
        }
    }
    return refs;
}

// git does not say by its exit code that a repository names its objects by another hash; their
// names do.
Result<std::vector<ListedRef>> list_refs(const Git& git, const std::string& url,
                                         const std::vector<std::string>& names) {
    std::vector<std::string> arguments{"ls-remote", "--", url};
    arguments.insert(arguments.end(), names.begin(), names.end());
    TRY(const std::string listing, git.succeed(std::move(arguments)));
    auto refs = listed_refs(listing);
    if (!refs.empty() && refs.front().id.size() != commit_digits) {
        return failure(ErrorCode::InvalidInput, "ObjectFormatNotSupported",
                       fmt::format("{} names its objects by SHA-256, which is not supported; push "
                                   "to a repository of SHA-1",
                                   url));
    }
    // A pattern also fits names that only end in it.
    std::erase_if(refs, [&](const ListedRef& ref) {
        return std::find(names.begin(), names.end(), ref.name) == names.end();
    });
    return refs;
}

// The full name on the server.
Result<std::string> full_ref(const Git& git, const std::string& url, const std::string& ref) {
    TRY(const auto found, list_refs(git, url, full_ref_names(ref)));
    if (found.size() > 1) {
        return ambiguous_ref(url, ref);
    }
    if (found.empty()) {
        return tl::unexpected<Error>(git_failure("couldn't find remote ref", url, ref));
    }
    return found.front().name;
}

Status fetch(const Git& git, const std::string& url, const std::string& what) {
    TRY(git.succeed({"fetch", "--quiet", "--depth=1", "--no-tags", "--no-write-fetch-head",
                     "--no-recurse-submodules", "--", url,
                     fmt::format("+{}:{}", what, local_ref)}));
    return {};
}

Status fetch_commit(const Git& git, const std::string& url, const std::string& commit) {
    Status fetched = fetch(git, url, commit);
    if (fetched) {
        return fetched;
    }
    // Old servers hand out only what a ref points at: then the whole history is asked for.
    if (fetched.error().code == ErrorCode::Gone) {
        const auto all = git.succeed({"fetch", "--quiet", "--no-write-fetch-head", "--", url,
                                      "+refs/heads/*:refs/pedigree/heads/*",
                                      "+refs/tags/*:refs/pedigree/tags/*"});
        if (all && git.succeed({"update-ref", local_ref, commit})) {
            return {};
        }
        fetched.error().code = ErrorCode::NotFound;
    }
    if (fetched.error().code == ErrorCode::Internal) {
        TRY(list_refs(git, url, {"HEAD"}));
    }
    return fetched;
}

// What was fetched, tags peeled. A tag may name a folder or a file.
Result<std::string> fetched_commit(const Git& git, const std::string& url,
                                   const std::string& wanted) {
    const std::string peeled = fmt::format("{}^{{}}", local_ref);
    TRY(std::string kind, git.succeed({"cat-file", "-t", peeled}));
    kind.resize(std::min(kind.find('\n'), kind.size()));
    if (kind != "commit") {
        return failure(ErrorCode::InvalidInput, "CommitNotFound",
                       fmt::format("{} of {} is no commit but a {}; name a branch, or a commit or "
                                   "a tag of one",
                                   wanted, url, kind));
    }
    TRY(std::string commit, git.succeed({"rev-parse", "--verify", "--end-of-options", peeled}));
    commit.resize(std::min(commit.size(), commit_digits));
    return commit;
}

Result<std::string> transfer(const Git& git, const std::string& url, const Revision& revision) {
    TRY(git.succeed({"init", "--quiet", "--bare", "--template=", git.directory().string()}));
    if (!revision.commit.empty()) {
        TRY(fetch_commit(git, url, revision.commit));
        return fetched_commit(git, url, revision.commit);
    }
    TRY(const std::string name, full_ref(git, url, revision.ref));
    TRY(fetch(git, url, name));
    return fetched_commit(git, url, revision.ref);
}

Result<std::string> transfer_over_https(Git& git, const Repository& repository,
                                        const Revision& revision, Transport transport) {
    TRY(const net::Url url, net::parse_url(repository.url));
    if (url.scheme != "https" && transport != Transport::HttpAllowed) {
        return failure(ErrorCode::InvalidInput, "TransportRefused",
                       "source.git.url must begin with https:// or ssh://");
    }
    TRY(git.configure(repository, url));
    return transfer(git, url.text(), revision);
}

Result<std::string> transfer_over_ssh(Git& git, const Repository& repository,
                                      const Revision& revision) {
    TRY(const SshUrl url, parse_ssh_url(repository.url));
    if (!repository.ssh || repository.ssh->private_key.reveal().empty()) {
        return failure(ErrorCode::InvalidInput, "SshKeyMissing",
                       "source.git.url is read over ssh, which needs a Secret in "
                       "source.git.secretName with the keys ssh-privatekey and known_hosts");
    }
    if (repository.ssh->known_hosts.empty()) {
        return failure(ErrorCode::InvalidInput, "KnownHostsMissing",
                       fmt::format("the Secret in source.git.secretName has no key known_hosts, "
                                   "and no host is trusted at first sight; `ssh-keyscan -p {} {}` "
                                   "prints it, to be compared with what its owner publishes",
                                   url.port, url.host));
    }
    TRY(git.configure(*repository.ssh, url));
    return transfer(git, url.text(), revision);
}

} // namespace

Result<Download> download(const Repository& repository, const Revision& revision,
                          const DownloadOptions& options, std::stop_token stop) {
    TRY(revision.commit.empty() ? check_ref(revision.ref) : check_commit(revision.commit));
    Git git(repository, revision.commit.empty() ? revision.ref : revision.commit, options,
            std::move(stop));
    auto commit = is_ssh_url(repository.url)
                      ? transfer_over_ssh(git, repository, revision)
                      : transfer_over_https(git, repository, revision, options.transport);
    git.forget();
    TRY(std::string id, std::move(commit));
    if (!revision.commit.empty() && id != revision.commit) {
        return failure(ErrorCode::InvalidInput, "CommitNotFound",
                       fmt::format("{} is a tag in {}, its commit is {}; give that one",
                                   revision.commit, repository.url, id));
    }
    return Download{git.directory(), std::move(id)};
}

} // namespace pedigree::source
