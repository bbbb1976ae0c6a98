#include "source/local_ref.h"

#include <fmt/format.h>
#include <git2.h>

#include "base/owned.h"
#include "source/git_library.h"
#include "source/ref.h"

namespace pedigree::source {
namespace {

using RepositoryHandle = Owned<git_repository, git_repository_free>;
using ReferenceHandle = Owned<git_reference, git_reference_free>;
using ObjectHandle = Owned<git_object, git_object_free>;

constexpr std::string_view branches = "refs/heads/";

// Null: there is none.
ReferenceHandle lookup(git_repository* repository, const std::string& name) {
    git_reference* found = nullptr;
    ::git_reference_lookup(&found, repository, name.c_str());
    return ReferenceHandle(found);
}

} // namespace

Result<std::string> local_commit(const std::filesystem::path& path, const std::string& ref) {
    TRY(check_ref(ref));
    start_library();
    git_repository* repository = nullptr;
    if (::git_repository_open_bare(&repository, path.c_str()) != 0) {
        return failure(ErrorCode::NotFound,
                       fmt::format("cannot open {}: {}", path.string(), library_words()));
    }
    const RepositoryHandle owned(repository);
    std::vector<ReferenceHandle> found;
    for (const std::string& name : full_ref_names(ref)) {
        ReferenceHandle one = lookup(repository, name);
        if (!one && name.starts_with(branches)) {
            one = lookup(repository, "refs/remotes/origin/" + name.substr(branches.size()));
        }
        if (one) {
            found.push_back(std::move(one));
        }
    }
    if (found.size() > 1) {
        return ambiguous_ref(path.string(), ref);
    }
    if (found.empty()) {
        return failure(ErrorCode::NotFound, "RefNotFound",
                       fmt::format("{} has no branch or tag \"{}\"", path.string(), ref));
    }
    git_object* commit = nullptr;
    if (::git_reference_peel(&commit, found.front().get(), GIT_OBJECT_COMMIT) != 0) {
        return failure(ErrorCode::InvalidInput, "CommitNotFound",
                       fmt::format("{} of {} is no commit; name a branch, or a tag of a commit",
                                   ref, path.string()));
    }
    const ObjectHandle object(commit);
    return id_text(::git_object_id(commit));
}

} // namespace pedigree::source
