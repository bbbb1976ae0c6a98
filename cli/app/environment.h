#pragma once
// The process's environment, read where a command begins; what decides gets values.

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace pedigree::cli {

std::string variable(const char* name); // empty: it is not set
std::map<std::string, std::string> variables();

// The first program of that name in the folders of a PATH; empty: there is none.
std::filesystem::path find_program(std::string_view name, std::string_view path);

// Where what can be made again is kept between calls: $XDG_CACHE_HOME/pedigree, else
// ~/.cache/pedigree; empty: there is no such place.
std::filesystem::path cache_folder();

} // namespace pedigree::cli
