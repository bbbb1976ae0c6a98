#include "cli/init/repository.h"

#include <vector>

#include <fmt/format.h>

#include "base/environment.h"
#include "base/process.h"

namespace pedigree::cli {

namespace {

constexpr std::size_t project_bytes_max = 52; // as the schema has it

class Git {
  public:
    Git(std::string program, std::filesystem::path folder)
        : program_(std::move(program)), folder_(std::move(folder)) {}

    // Its output without the last line feed; empty: git has none, or says no.
    std::string answer(const std::vector<std::string>& arguments) const {
        ProcessRequest request;
        request.argv = {program_};
        request.argv.insert(request.argv.end(), arguments.begin(), arguments.end());
        request.environment = environment_variables();
        request.environment["LC_ALL"] = "C";
        request.working_directory = folder_;
        const auto result = run_process(request);
        std::string text = result && result->succeeded() ? result->output : "";
        while (text.ends_with('\n')) {
            text.pop_back();
        }
        return text;
    }

  private:
    std::string program_;
    std::filesystem::path folder_;
};

constexpr const char* say_it = "say where its code is fetched: --repository URL";

bool is_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

} // namespace

Result<Repository> repository_of(const std::filesystem::path& folder) {
    const auto program = find_program("git", environment_variable("PATH"));
    if (program.empty()) {
        return failure(ErrorCode::NotFound, fmt::format("PATH has no git; {}", say_it));
    }
    const Git git(program.string(), std::filesystem::absolute(folder));
    if (git.answer({"rev-parse", "--is-inside-work-tree"}) != "true") {
        return failure(ErrorCode::NotFound,
                       fmt::format("{} is in no repository of git; {}", folder.string(), say_it));
    }
    const std::string remote = git.answer({"remote", "get-url", "origin"});
    if (remote.empty()) {
        return failure(ErrorCode::NotFound,
                       fmt::format("the repository has no remote \"origin\"; {}", say_it));
    }
    Repository repository;
    TRY(repository.url, fetched_url(remote));
    repository.ref = git.answer({"symbolic-ref", "--quiet", "--short", "HEAD"});
    repository.commit = repository.ref.empty()
                            ? git.answer({"rev-parse", "--verify", "--quiet", "HEAD^{commit}"})
                            : "";
    repository.subdirectory = git.answer({"rev-parse", "--show-prefix"});
    if (repository.subdirectory.ends_with('/')) {
        repository.subdirectory.pop_back();
    }
    return repository;
}

Result<std::string> fetched_url(std::string_view remote) {
    constexpr std::string_view https = "https://";
    if (remote.starts_with("ssh://")) {
        return std::string(remote);
    }
    if (remote.starts_with(https)) {
        std::string_view rest = remote.substr(https.size());
        const std::size_t host_end = rest.find('/');
        const std::size_t at = rest.substr(0, host_end).rfind('@');
        rest.remove_prefix(at == std::string_view::npos ? 0 : at + 1);
        return std::string(https) + std::string(rest);
    }
    // git's short form, "user@host:path".
    const std::size_t at = remote.find('@'), colon = remote.find(':');
    const bool is_short = at != std::string_view::npos && colon != std::string_view::npos &&
                          at < colon && remote.find('/') > colon &&
                          remote.find("://") == std::string_view::npos;
    if (is_short && colon + 1 < remote.size()) {
        std::string_view path = remote.substr(colon + 1);
        path.remove_prefix(path.starts_with('/') ? 1 : 0);
        return fmt::format("ssh://{}/{}", remote.substr(0, colon), path);
    }
    return failure(ErrorCode::InvalidInput,
                   fmt::format("code is fetched over https or ssh, and the repository's origin is "
                               "{}; {}",
                               remote, say_it));
}

std::string project_name(std::string_view place) {
    while (place.ends_with('/')) {
        place.remove_suffix(1);
    }
    place = place.substr(place.find_last_of("/:") + 1);
    place = place.substr(0, place.size() - (place.ends_with(".git") ? 4 : 0));
    std::string name;
    for (const char c : place) {
        const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        name += is_name(lower) ? lower : '-';
    }
    name = name.substr(std::min(name.find_first_not_of('-'), name.size()), project_bytes_max);
    while (name.ends_with('-')) {
        name.pop_back();
    }
    return name;
}

} // namespace pedigree::cli
