#pragma once
// What a folder's git says of where its code can be fetched: what `pedigree init` writes as the
// source. The user's own git is asked; nothing is changed and nobody is called.

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

namespace pedigree::cli {

struct Repository {
    std::string url;          // as the operator fetches it; never with a password
    std::string ref;          // the branch; empty: none is checked out, `commit` is
    std::string commit;       // 40 hex, if there is no branch
    std::string subdirectory; // of the folder in the repository; empty: its root
};

// Of its remote "origin". NotFound: no git, no repository, or no such remote; InvalidInput: one
// that the operator cannot fetch from. Both say which option helps.
Result<Repository> repository_of(const std::filesystem::path& folder);

// A remote as an https or ssh URL: "git@host:group/name.git" is ssh://git@host/group/name.git. User
// and password of an https URL are left out. InvalidInput: another kind, such as a path. Pure.
Result<std::string> fetched_url(std::string_view remote);

// A project's name, made of the last part of a URL or a path: a DNS label; "" if nothing of it can
// stand in one. Pure.
std::string project_name(std::string_view place);

} // namespace pedigree::cli
