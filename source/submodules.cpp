#include "source/submodules.h"

#include <fmt/format.h>

#include "base/process.h"
#include "base/text.h"
#include "source/gitmodules.h"
#include "source/path_rules.h"
#include "source/ref.h"
#include "source/ssh_url.h"

namespace pedigree::source {
namespace {

constexpr std::size_t gitmodules_bytes_max = 64 * 1024;
constexpr std::size_t listed_entries_max = 2'000'000; // a tree may name itself often
constexpr std::size_t listed_line_bytes_max = 16 * 1024;

struct Gitlink {
    std::string path; // from the repository's root
    std::string commit;
};

tl::unexpected<Error> too_large(std::string what) {
    return failure(ErrorCode::TooLarge, "SourceTooLarge", std::move(what));
}

tl::unexpected<Error> too_many(const SubmoduleLimits& limits) {
    return too_large(
        fmt::format("the source has more than {} submodules, or a tree of more than {} "
                    "entries",
                    limits.count_max, listed_entries_max));
}

// git as a reader of objects that are there: it sees no configuration and may follow no protocol,
// so that a repository that promises objects elsewhere makes it fetch none.
ProcessRequest reading(std::vector<std::string> arguments) {
    ProcessRequest request;
    request.argv = {"/usr/bin/git", "--literal-pathspecs", "-c", "core.quotePath=false"};
    request.argv.insert(request.argv.end(), arguments.begin(), arguments.end());
    request.environment = {{"PATH", "/usr/bin:/bin"},
                           {"HOME", "/nonexistent"},
                           {"LC_ALL", "C"},
                           {"GIT_CONFIG_NOSYSTEM", "1"},
                           {"GIT_CONFIG_GLOBAL", "/dev/null"},
                           {"GIT_ALLOW_PROTOCOL", "none"}};
    return request;
}

// One line of git-ls-tree(1): "160000 commit ID<tab>PATH" for a gitlink.
std::optional<Gitlink> gitlink_of(std::string_view line) {
    constexpr std::string_view kind = "160000 commit ";
    const auto tab = line.find('\t');
    if (!line.starts_with(kind) || tab == line.npos) {
        return std::nullopt;
    }
    return Gitlink{std::string(line.substr(tab + 1)),
                   std::string(line.substr(kind.size(), tab - kind.size()))};
}

// Those below the subdirectory. What their paths may be is said where files are laid (tree.h); one
// that git puts into quotes has no entry in .gitmodules.
Result<std::vector<Gitlink>> gitlinks_of(const Superproject& of, const SubmoduleLimits& limits,
                                         std::stop_token stop) {
    const std::string below = of.subdirectory == "." ? "" : of.subdirectory + "/";
    ProcessRequest request = reading(
        {"--git-dir=" + of.repository.string(), "ls-tree", "-r", "--full-tree", of.commit, "--"});
    if (!below.empty()) {
        request.argv.push_back(below);
    }
    std::vector<Gitlink> links;
    std::size_t entries = 0;
    request.output_bytes_max = listed_line_bytes_max;
    request.on_line = [&](std::string_view line) -> Status {
        auto link = gitlink_of(line);
        if (link && link->path.starts_with(below)) {
            links.push_back(std::move(*link));
        }
        return ++entries > listed_entries_max || links.size() > limits.count_max
                   ? Status(too_many(limits))
                   : Status();
    };
    TRY(const ProcessResult result, run_process(request, stop));
    if (!result.succeeded()) {
        return failure(ErrorCode::Corrupt, "SourceCorrupt",
                       fmt::format("git cannot list the tree of {}", of.commit));
    }
    return links;
}

// What .gitmodules says; nothing if there is none.
Result<SubmoduleUrls> urls_of(const Superproject& of, std::stop_token stop) {
    ProcessRequest content = reading(
        {"--git-dir=" + of.repository.string(), "cat-file", "blob", of.commit + ":.gitmodules"});
    content.output_bytes_max = gitmodules_bytes_max;
    TRY(ProcessResult file, run_process(content, stop));
    if (!file.succeeded()) {
        return SubmoduleUrls();
    }
    ProcessRequest parse = reading({"config", "--no-includes", "--file", "-", "--null", "--list"});
    parse.input = std::move(file.output);
    TRY(const ProcessResult listing, run_process(parse, stop));
    if (!listing.succeeded()) {
        return failure(ErrorCode::InvalidInput, "SubmoduleRefused",
                       "git cannot read the file .gitmodules");
    }
    return submodule_urls(listing.output);
}

std::uint64_t stored_bytes(const std::filesystem::path& folder) {
    std::uint64_t bytes = 0;
    std::error_code ignored;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, ignored)) {
        bytes += entry.is_regular_file(ignored) ? entry.file_size(ignored) : 0;
    }
    return bytes;
}

class Submodules {
  public:
    Submodules(const AccessOf& access, const DownloadOptions& options,
               const SubmoduleLimits& limits, std::stop_token stop)
        : access_(access), options_(options), limits_(limits), stop_(std::move(stop)),
          end_(std::chrono::steady_clock::now() + options.deadline),
          bytes_left_(limits.stored_bytes_max) {}

    // `prefix` is where the repository's files lie in the image, empty or with a slash at its end.
    Status take_all(const Superproject& of, const std::string& prefix, std::size_t depth) {
        TRY(const auto links, gitlinks_of(of, limits_, stop_));
        if (links.empty()) {
            return {};
        }
        if (depth > limits_.depth_max) {
            return too_large(fmt::format("submodule {}{} is nested deeper than {} submodules",
                                         prefix, valid_utf8(links.front().path),
                                         limits_.depth_max));
        }
        TRY(const SubmoduleUrls urls, urls_of(of, stop_));
        for (const Gitlink& link : links) {
            const std::size_t cut = of.subdirectory == "." ? 0 : of.subdirectory.size() + 1;
            const std::string path = prefix + link.path.substr(cut);
            const auto url = urls.find(link.path);
            if (found_.size() == limits_.count_max) {
                return too_many(limits_);
            }
            if (Status taken = url == urls.end() ? unknown() : take(of, link, url->second, path);
                !taken) {
                return tl::unexpected<Error>(
                    std::move(taken.error()).within("submodule " + valid_utf8(path)));
            }
            const Submodule& one = found_.back();
            TRY(take_all({one.repository, one.commit, one.url}, path + "/", depth + 1));
        }
        return {};
    }

    std::vector<Submodule> found() && { return std::move(found_); }

  private:
    static Status unknown() {
        return failure(ErrorCode::InvalidInput, "SubmoduleRefused",
                       "the file .gitmodules has no entry with this path, so there is no URL");
    }

    Status take(const Superproject& of, const Gitlink& link, const std::string& written,
                const std::string& path) {
        TRY(const std::string url, submodule_url(of.url, written));
        const Repository repository = access_(url);
        if (is_ssh_url(url) && (!repository.ssh || repository.ssh->private_key.empty())) {
            return failure(ErrorCode::InvalidInput, "SshKeyMissing",
                           fmt::format("{} needs a key: the Secret in source.git.secretName must "
                                       "have ssh-privatekey and known_hosts, and name the host in "
                                       "its annotation pedigree.dev/hosts",
                                       url));
        }
        DownloadOptions options = options_;
        options.scratch = options_.scratch / fmt::format("submodule-{}", found_.size());
        options.deadline = std::chrono::duration_cast<std::chrono::milliseconds>(
            end_ - std::chrono::steady_clock::now());
        options.file_bytes_max = bytes_left_;
        std::error_code problem;
        std::filesystem::create_directories(options.scratch, problem);
        auto got = download(repository, {"", link.commit}, options, stop_);
        if (!got) {
            return explained(std::move(got.error()), repository);
        }
        const std::uint64_t bytes = stored_bytes(options.scratch);
        if (bytes >= bytes_left_) {
            return too_large(fmt::format("all submodules together are larger than {} MiB",
                                         limits_.stored_bytes_max >> 20));
        }
        bytes_left_ -= bytes;
        found_.push_back({path, url, link.commit, std::move(got->repository)});
        return {};
    }

    static Status explained(Error error, const Repository& repository) {
        if (error.code == ErrorCode::Unauthorized && !repository.ssh && !repository.credential) {
            error.message += "; it was asked without a credential, since the annotation "
                             "pedigree.dev/hosts of no Secret names its host";
        }
        return tl::unexpected<Error>(std::move(error));
    }

    const AccessOf& access_;
    const DownloadOptions& options_;
    const SubmoduleLimits& limits_;
    std::stop_token stop_;
    std::chrono::steady_clock::time_point end_;
    std::uint64_t bytes_left_;
    std::vector<Submodule> found_;
};

} // namespace

Result<std::vector<Submodule>> download_submodules(const Superproject& superproject,
                                                   const AccessOf& access,
                                                   const DownloadOptions& options,
                                                   std::stop_token stop,
                                                   const SubmoduleLimits& limits) {
    TRY(check_commit(superproject.commit));
    TRY(check_subdirectory(superproject.subdirectory));
    Submodules submodules(access, options, limits, std::move(stop));
    TRY(submodules.take_all(superproject, "", 1));
    return std::move(submodules).found();
}

} // namespace pedigree::source
