#include "source/download.h"

#include <array>
#include <cstring>

#include <fmt/format.h>
#include <netdb.h>
#include <sys/socket.h>

#include "base/file.h"
#include "base/owned.h"
#include "base/process.h"
#include "net/url.h"
#include "source/git_configuration.h"
#include "source/git_failure.h"
#include "source/ref.h"

namespace pedigree::source {
namespace {

constexpr const char* git_program = "/usr/bin/git";
constexpr const char* local_ref = "refs/pedigree/source";

// The first address that egress allows, numeric; git connects to it and to no other.
Result<std::string> pinned_address(const net::Url& url, const net::EgressCheck& egress) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* list = nullptr;
    const int problem =
        ::getaddrinfo(url.host.c_str(), std::to_string(url.port).c_str(), &hints, &list);
    if (problem != 0) {
        const bool unknown = problem == EAI_NONAME;
        return failure(unknown ? ErrorCode::InvalidInput : ErrorCode::Unavailable,
                       unknown ? "HostNotFound" : "SourceUnavailable",
                       fmt::format("the host {} of source.git.url cannot be resolved: {}", url.host,
                                   ::gai_strerror(problem)));
    }
    const Owned<addrinfo, ::freeaddrinfo> owned(list);
    Status refused;
    for (const addrinfo* one = list; one != nullptr; one = one->ai_next) {
        std::array<char, 64> text{};
        ::getnameinfo(one->ai_addr, one->ai_addrlen, text.data(), text.size(), nullptr, 0,
                      NI_NUMERICHOST);
        const std::string address(text.data());
        refused = egress ? egress(address, url.port) : Status();
        if (refused) {
            return address;
        }
    }
    return failure(ErrorCode::Forbidden, "AddressRefused",
                   fmt::format("source.git.url: {}", refused.error().message));
}

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
        TRY(const std::string address, pinned_address(url, options_.egress));
        configuration.pinned_address = fmt::format("{}:{}:{}", url.host, url.port, address);
        if (!repository.ca_pem.empty()) {
            configuration.ca_file = options_.scratch / "ca.pem";
            TRY(write_file(configuration.ca_file, repository.ca_pem));
        }
        return write_file(configuration_file(),
                          git_configuration_text(configuration, repository.credential).reveal(),
                          0600);
    }

    // The credential need not outlive the transfer.
    void forget() const {
        std::error_code ignored;
        std::filesystem::remove(configuration_file(), ignored);
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
                               {"GIT_ASKPASS", "/bin/false"}};
        request.working_directory = options_.scratch;
        request.output_bytes_max = 16 * 1024 * 1024;
        request.limits.file_bytes_max = pack_bytes_max;
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

    std::string url_, wanted_;
    const DownloadOptions& options_;
    std::stop_token stop_;
    std::chrono::steady_clock::time_point deadline_;
};

// The full name on the server. A branch wins over a tag of the same name, as in `git clone`.
Result<std::string> full_ref(const Git& git, const std::string& url, const std::string& ref) {
    if (ref.starts_with("refs/heads/") || ref.starts_with("refs/tags/")) {
        return ref;
    }
    const std::string branch = "refs/heads/" + ref;
    const std::string tag = "refs/tags/" + ref;
    TRY(const std::string listing, git.succeed({"ls-remote", "--", url, branch, tag}));
    for (const std::string& name : {branch, tag}) {
        if (listing.find("\t" + name + "\n") != listing.npos) {
            return name;
        }
    }
    return tl::unexpected<Error>(git_failure("couldn't find remote ref", url, ref));
}

Status fetch(const Git& git, const std::string& url, const std::string& what) {
    TRY(git.succeed({"fetch", "--quiet", "--depth=1", "--no-tags", "--no-write-fetch-head",
                     "--no-recurse-submodules", "--", url,
                     fmt::format("+{}:{}", what, local_ref)}));
    return {};
}

// Old servers hand out only what a ref points at: then the whole history is asked for.
Status fetch_commit(const Git& git, const std::string& url, const std::string& commit) {
    Status fetched = fetch(git, url, commit);
    if (fetched || fetched.error().code != ErrorCode::Forbidden ||
        fetched.error().reason != "CommitNotFound") {
        return fetched;
    }
    const auto all =
        git.succeed({"fetch", "--quiet", "--no-write-fetch-head", "--", url,
                     "+refs/heads/*:refs/pedigree/heads/*", "+refs/tags/*:refs/pedigree/tags/*"});
    if (!all || !git.succeed({"update-ref", local_ref, commit})) {
        return fetched;
    }
    return {};
}

Result<std::string> transfer(const Git& git, const std::string& url, const Revision& revision) {
    TRY(git.succeed({"init", "--quiet", "--bare", "--template=", git.directory().string()}));
    if (revision.commit.empty()) {
        TRY(const std::string name, full_ref(git, url, revision.ref));
        TRY(fetch(git, url, name));
    } else {
        TRY(fetch_commit(git, url, revision.commit));
    }
    TRY(std::string commit, git.succeed({"rev-parse", "--verify", "--end-of-options",
                                         fmt::format("{}^{{commit}}", local_ref)}));
    commit.resize(std::min<std::size_t>(commit.size(), 40));
    return commit;
}

} // namespace

Result<Download> download(const Repository& repository, const Revision& revision,
                          const DownloadOptions& options, std::stop_token stop) {
    TRY(revision.commit.empty() ? check_ref(revision.ref) : check_commit(revision.commit));
    TRY(const net::Url url, net::parse_url(repository.url));
    if (url.scheme != "https" && options.transport == Transport::HttpsOnly) {
        return failure(ErrorCode::InvalidInput, "TransportRefused",
                       "source.git.url must begin with https://");
    }
    Git git(repository, revision.commit.empty() ? revision.ref : revision.commit, options,
            std::move(stop));
    TRY(git.configure(repository, url));
    auto commit = transfer(git, url.text(), revision);
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
