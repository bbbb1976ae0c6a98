#pragma once
// A git repository with its working folder, made by the installed git, gone with its scope.

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/process.h"

namespace pedigree::source {

class WorkingFolder {
  public:
    WorkingFolder() {
        std::string pattern = testing::TempDir() + "tree-XXXXXX";
        directory_ = ::mkdtemp(pattern.data());
        git({"init", "-q", "-b", "main"});
    }
    ~WorkingFolder() { std::filesystem::remove_all(directory_); }
    WorkingFolder(const WorkingFolder&) = delete;
    WorkingFolder& operator=(const WorkingFolder&) = delete;

    const std::filesystem::path& path() const { return directory_; }
    std::filesystem::path repository() const { return directory_ / ".git"; }

    std::string git(std::vector<std::string> arguments) const {
        ProcessRequest request;
        request.argv = {"/usr/bin/git", "-c", "user.name=A. Thor", "-c",
                        "user.email=a@example.com"};
        request.argv.insert(request.argv.end(), arguments.begin(), arguments.end());
        request.environment = {{"HOME", directory_.string()},
                               {"PATH", "/usr/bin:/bin"},
                               {"GIT_CONFIG_NOSYSTEM", "1"},
                               {"GIT_COMMITTER_DATE", "2020-01-02T03:04:05Z"}};
        request.working_directory = directory_;
        auto result = run_process(request);
        EXPECT_TRUE(result && result->succeeded()) << arguments[0] << result->error_output;
        std::string text = result->output;
        text.erase(text.find_last_not_of('\n') + 1);
        return text;
    }
    void file(const std::string& path, std::string_view content) const {
        std::filesystem::create_directories((directory_ / path).parent_path());
        std::ofstream(directory_ / path) << content;
    }
    // All files as they are, and what was put into the index beside them.
    std::string commit() const {
        git({"add", "--ignore-removal", "."});
        git({"commit", "-q", "--allow-empty", "-m", "First words\n\nmore"});
        return git({"rev-parse", "HEAD"});
    }
    // The next commit's tree names a submodule's commit, without a folder of it here.
    void gitlink(const std::string& path, const std::string& commit) const {
        git({"update-index", "--add", "--cacheinfo", "160000," + commit + "," + path});
    }

  private:
    std::filesystem::path directory_;
};

} // namespace pedigree::source
