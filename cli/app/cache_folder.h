#pragma once
// Where what can be made again is kept between calls, by digest: bases' inventories and wheels.

#include <filesystem>

namespace pedigree::cli {

// $XDG_CACHE_HOME/pedigree, else ~/.cache/pedigree (XDG Base Directory Specification); empty: there
// is no such place.
std::filesystem::path cache_folder();

} // namespace pedigree::cli
