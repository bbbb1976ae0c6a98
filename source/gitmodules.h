#pragma once
// What a repository's .gitmodules says, and where a submodule's URL leads. The file is its
// author's, so that nothing in it is believed: names are never used, paths are only looked up, and
// a URL has to keep the rules of source.git.url. Pure. Errors: SubmoduleRefused.

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"

namespace pedigree::source {

using SubmoduleUrls = std::map<std::string, std::string>; // by path from the root, as written

// `listing`: what `git config --null --list` printed of the file.
Result<SubmoduleUrls> submodule_urls(std::string_view listing);

// "./x" and "../x" continue the superproject's URL as git-submodule(1) says, but never above its
// host. The result is https:// without user information, or ssh://, and without query.
Result<std::string> submodule_url(const std::string& superproject, const std::string& written);

} // namespace pedigree::source
