#include "cli/experiment/snapshot.h"

#include <chrono>
#include <map>
#include <sstream>
#include <unistd.h>

#include <fmt/format.h>

#include "base/environment.h"
#include "base/process.h"

namespace pedigree::cli {
namespace {

constexpr std::chrono::minutes git_deadline{10};
constexpr const char* snapshots = "refs/pedigree/snapshots/";
// Whose work it is, the Experiment says (requested-by); so that git needs no user.name here.
constexpr const char* author = "pedigree run --dirty";

Result<std::string> git_program() {
    const auto program = find_program("git", environment_variable("PATH"));
    if (program.empty()) {
        return failure(ErrorCode::NotFound, "a snapshot is made by git, and PATH has none");
    }
    return program.string();
}

class Folder {
  public:
    Folder(std::string program, std::filesystem::path folder)
        : program_(std::move(program)), folder_(std::move(folder)),
          environment_(environment_variables()) {
        environment_["LC_ALL"] = "C";
        environment_["GIT_TERMINAL_PROMPT"] = "0"; // it has no terminal to ask on
    }
    void set(const std::string& variable, std::string value) {
        environment_[variable] = std::move(value);
    }

    Result<ProcessResult> run(const std::vector<std::string>& arguments) const {
        ProcessRequest request;
        request.argv = {program_};
        request.argv.insert(request.argv.end(), arguments.begin(), arguments.end());
        request.environment = environment_;
        request.working_directory = folder_;
        request.output_bytes_max = 16 * 1024 * 1024;
        request.deadline = git_deadline;
        return run_process(request);
    }
    // Its output without the last line feed; that git failed is an error in its words.
    Result<std::string> ask(const std::vector<std::string>& arguments) const {
        TRY(ProcessResult result, run(arguments));
        if (!result.succeeded()) {
            return failure(ErrorCode::Unavailable,
                           fmt::format("git {}: {}", arguments.front(), result.error_output));
        }
        while (!result.output.empty() && result.output.back() == '\n') {
            result.output.pop_back();
        }
        return std::move(result.output);
    }

  private:
    std::string program_;
    std::filesystem::path folder_;
    std::map<std::string, std::string> environment_;
};

// A file that goes with its scope; git keeps `.lock` beside it only while it writes.
class OwnIndex {
  public:
    explicit OwnIndex(std::filesystem::path file) : file_(std::move(file)) {}
    OwnIndex(const OwnIndex&) = delete;
    OwnIndex& operator=(const OwnIndex&) = delete;
    ~OwnIndex() {
        std::error_code ignored;
        std::filesystem::remove(file_, ignored);
    }
    const std::filesystem::path& file() const { return file_; }

  private:
    std::filesystem::path file_;
};

// A copy of the index that git uses, which saves reading the files that did not change. With its
// time: git reads again what is as new as its index, since that may have changed within the second.
void copy_index(const std::filesystem::path& used, const std::filesystem::path& copy) {
    std::error_code missing; // nothing was ever added
    const auto time = std::filesystem::last_write_time(used, missing);
    if (!missing && std::filesystem::copy_file(used, copy, missing)) {
        std::filesystem::last_write_time(copy, time, missing);
    }
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) {
        lines.push_back(std::move(line));
    }
    return lines;
}

// What a submodule's folder has beyond its last commit is in no tree of this repository.
Status check_submodules(const Folder& git, const std::string& top) {
    TRY(const std::string left,
        git.ask({"-C", top, "diff-files", "--raw", "--ignore-submodules=untracked"}));
    for (const std::string& line : lines_of(left)) {
        if (line.starts_with(":160000")) {
            return failure(ErrorCode::InvalidInput,
                           fmt::format("the submodule {} has changes that are in no commit of it; "
                                       "commit and push them there",
                                       line.substr(line.find('\t') + 1)));
        }
    }
    return {};
}

// The tree of the working folder as it is.
Result<std::string> tree_of(Folder git) {
    TRY(const std::string top, git.ask({"rev-parse", "--show-toplevel"}));
    TRY(const std::string used,
        git.ask({"rev-parse", "--path-format=absolute", "--git-path", "index"}));
    const OwnIndex index(fmt::format("{}.pedigree-{}", used, ::getpid()));
    copy_index(used, index.file());
    git.set("GIT_INDEX_FILE", index.file());
    const auto added = git.ask({"-C", top, "add", "--all"});
    TRY(added);
    TRY(check_submodules(git, top));
    return git.ask({"write-tree"});
}

Result<std::string> commit_of(Folder git, const std::string& tree, const std::string& head) {
    TRY(const std::string time, git.ask({"show", "-s", "--format=%cI", head}));
    for (const char* role : {"AUTHOR", "COMMITTER"}) {
        git.set(fmt::format("GIT_{}_NAME", role), author);
        git.set(fmt::format("GIT_{}_EMAIL", role), "");
        git.set(fmt::format("GIT_{}_DATE", role), time);
    }
    return git.ask({"-c", "commit.gpgSign=false", "commit-tree", tree, "-p", head, "-m",
                    fmt::format("Snapshot of a working folder on {}", head)});
}

} // namespace

Result<Snapshot> push_snapshot(const std::filesystem::path& folder, const std::string& url) {
    TRY(std::string program, git_program());
    const Folder git(std::move(program), folder);
    TRY(const ProcessResult inside, git.run({"rev-parse", "--is-inside-work-tree"}));
    if (!inside.succeeded() || inside.output != "true\n") {
        return failure(ErrorCode::InvalidInput,
                       fmt::format("{} is no working folder of git: run it where the code is",
                                   folder.string()));
    }
    TRY(const ProcessResult head, git.run({"rev-parse", "--verify", "--quiet", "HEAD^{commit}"}));
    if (!head.succeeded()) {
        return failure(ErrorCode::InvalidInput,
                       "a snapshot stands on a commit, and there is none yet");
    }
    const std::string head_commit = lines_of(head.output).front();
    TRY(const std::string tree, tree_of(git));
    TRY(const std::string different,
        git.ask({"diff-tree", "-r", "--name-status", head_commit, tree}));
    Snapshot snapshot{head_commit, lines_of(different)};
    if (!snapshot.different.empty()) {
        TRY(snapshot.commit, commit_of(git, tree, head_commit));
    }
    const std::string ref = snapshots + snapshot.commit;
    const auto pushed = git.ask(
        {"push", "--quiet", "--no-verify", url, fmt::format("{}:{}", snapshot.commit, ref)});
    if (!pushed) {
        return failure(
            pushed.error().code,
            fmt::format("{}; a snapshot is pushed to {}: ask for the right to push there",
                        pushed.error().message, snapshots));
    }
    return snapshot;
}

} // namespace pedigree::cli
