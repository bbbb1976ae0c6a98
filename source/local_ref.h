#pragma once
// What a branch or tag means in a repository on this machine, such as a user's checkout: read by
// libgit2, no git is run and nothing is fetched.

#include <filesystem>
#include <string>

#include "base/result.h"

namespace pedigree::source {

// The commit, annotated tags peeled. A short name is a branch or a tag as at the server (ref.h);
// one that is no branch here may be one of origin. NotFound: no repository, or no such ref
// (RefNotFound). InvalidInput: the name is a branch and a tag (RefAmbiguous), or names no commit
// (CommitNotFound).
Result<std::string> local_commit(const std::filesystem::path& repository, const std::string& ref);

} // namespace pedigree::source
