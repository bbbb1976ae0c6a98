#pragma once
// Which relative paths may become entries of an image layer: nothing that a reader of the tar could
// take for another place ("..", "a//b", a backslash), for an instruction (".wh.x": a whiteout, OCI
// image-spec, layer.md) or for two names at once (what is no UTF-8), and nothing that a file system
// would cut. Whoever lets a path through that breaks these rules lets a wheel delete or replace
// files of the base. Pure.

#include <optional>
#include <string_view>

namespace pedigree::imagebuild {

constexpr std::size_t layer_path_bytes_max = 1024;
constexpr std::size_t layer_name_bytes_max = 255; // of a file system's directory

// Why not, as the end of a sentence ("which has a \"..\" component"); empty: it may.
std::optional<std::string_view> layer_path_problem(std::string_view path);

} // namespace pedigree::imagebuild
