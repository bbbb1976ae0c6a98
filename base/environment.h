#pragma once
// The process's environment, read where a program or a command begins; what decides gets values.
// Any thread, as long as none changes it: ours do not, but for the launcher, which has one.

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace pedigree {

std::string environment_variable(const char* name); // "": it is not set, or empty
std::map<std::string, std::string> environment_variables();

// The first program of that name in the folders of a PATH that execvp(3) would start; empty: there
// is none. Folders that are not absolute are passed over: what they are depends on where one is.
std::filesystem::path find_program(std::string_view name, std::string_view path);

} // namespace pedigree
