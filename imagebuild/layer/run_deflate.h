#pragma once
// A deflate encoder of our own (RFC 1951) that never changes its output: fixed Huffman codes, runs
// of one byte as matches of distance 1, and stored blocks for what does not shrink. Tar headers
// and padding, mostly zeros, become small; the layer's digest depends on no library's version.
// Pure.

#include <string>
#include <string_view>

namespace pedigree::imagebuild {

// A whole deflate stream.
std::string run_deflate(std::string_view bytes);

} // namespace pedigree::imagebuild
