// Commits and trees as a git server may send them. The bytes between the server and these objects,
// pkt-line and packs, are read by git itself, in a process of its own.
#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <git2.h>
#include <unistd.h>

#include "base/owned.h"
#include "base/text.h"
#include "source/path_rules.h"
#include "source/tree.h"
#include "tests/fuzz/targets.h"

namespace pedigree::fuzz {
namespace {

// A bare repository that takes any bytes as an object, and goes with the process.
class Repository {
  public:
    Repository() {
        ::git_libgit2_init();
        ::git_libgit2_opts(GIT_OPT_ENABLE_STRICT_OBJECT_CREATION, 0);
        require(::mkdtemp(folder_.data()) != nullptr);
        git_repository* made = nullptr;
        git_odb* objects = nullptr;
        require(::git_repository_init(&made, folder_.c_str(), 1) == 0);
        repository_.reset(made);
        require(::git_repository_odb(&objects, made) == 0);
        objects_.reset(objects);
    }
    ~Repository() { std::filesystem::remove_all(folder_); }

    std::string write(git_object_t type, std::string_view bytes) {
        git_oid id;
        require(::git_odb_write(&id, objects_.get(), bytes.data(), bytes.size(), type) == 0);
        std::string text(GIT_OID_HEXSZ, '\0');
        ::git_oid_fmt(text.data(), &id);
        written_.push_back(folder_ + "/objects/" + text.substr(0, 2) + "/" + text.substr(2));
        return text;
    }
    void forget() {
        for (const std::string& path : written_) {
            std::filesystem::remove(path);
        }
        written_.clear();
    }
    const std::string& folder() const { return folder_; }

  private:
    std::string folder_ = (std::filesystem::temp_directory_path() / "fuzz-object-XXXXXX").string();
    Owned<git_repository, ::git_repository_free> repository_;
    Owned<git_odb, ::git_odb_free> objects_;
    std::vector<std::string> written_;
};

void read(const Repository& repository, const std::string& commit) {
    const auto snapshot = source::Snapshot::open(repository.folder(), commit, ".");
    if (!snapshot) {
        require(!snapshot.error().message.empty());
        return;
    }
    const source::CommitFacts facts = snapshot->facts();
    require(valid_utf8(facts.author) == facts.author);
    require(to_text(facts.committed_at).size() == std::size("2020-01-02T03:04:05.000000Z") - 1);
    std::vector<std::string> warnings;
    if (const auto files = snapshot->files(warnings)) {
        for (const source::TreeFile& file : *files) {
            require(!file.path.starts_with('/') &&
                    ("/" + file.path + "/").find("/../") == file.path.npos);
            (void)snapshot->read(file);
        }
    }
}

} // namespace

// What stands behind the commit's line "tree", a line "=", and a tree's bytes.
void object(std::string_view input) {
    static Repository repository;
    constexpr std::string_view line = "\n=\n";
    const std::size_t end = std::min(input.find(line), input.size());
    const std::string_view below = end < input.size() ? input.substr(end + line.size()) : "";
    repository.write(GIT_OBJECT_BLOB, "");
    const std::string tree = repository.write(GIT_OBJECT_TREE, below);
    const std::string commit = repository.write(
        GIT_OBJECT_COMMIT, "tree " + tree + "\n" + std::string(input.substr(0, end)));
    read(repository, commit);
    repository.forget();
}

} // namespace pedigree::fuzz
