#pragma once
// Which relative paths may become entries of an image layer: nothing that a reader of the tar could
// take for another place or for an instruction. Pure.

#include <optional>
#include <string_view>

namespace pedigree::imagebuild {

constexpr std::size_t layer_path_bytes_max = 1024;
constexpr std::size_t layer_name_bytes_max = 255; // of a file system's directory

// Why not, as the end of a sentence ("which has a \"..\" component"); empty: it may.
std::optional<std::string_view> layer_path_problem(std::string_view path);

} // namespace pedigree::imagebuild
