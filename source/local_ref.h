#pragma once
// What a branch or tag means in a repository on this machine, such as a user's checkout: read by
// libgit2, no git is run and nothing is fetched.

#include <filesystem>
#include <string>

#include "base/result.h"

namespace pedigree::source {

// The commit, annotated tags peeled. A short name is looked for among tags, branches and the
// branches of origin, in this order. NotFound: no repository, or no such ref (RefNotFound).
Result<std::string> local_commit(const std::filesystem::path& repository, const std::string& ref);

} // namespace pedigree::source
