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
    for (const char* prefix : {"", "refs/tags/", "refs/heads/", "refs/remotes/origin/"}) {
        git_reference* found = nullptr;
        if (::git_reference_lookup(&found, repository, (prefix + ref).c_str()) != 0) {
            continue;
        }
        const ReferenceHandle reference(found);
        git_object* commit = nullptr;
        if (::git_reference_peel(&commit, found, GIT_OBJECT_COMMIT) == 0) {
            const ObjectHandle object(commit);
            return id_text(::git_object_id(commit));
        }
    }
    return failure(ErrorCode::NotFound, "RefNotFound",
                   fmt::format("{} has no branch or tag \"{}\"", path.string(), ref));
}

} // namespace pedigree::source
