#pragma once
// A deflate encoder of our own (RFC 1951) that never changes its output: fixed Huffman codes, runs
// of one byte as matches of distance 1, and stored blocks for what does not shrink. Tar headers and
// padding, mostly zeros, become small; the layer's digest depends on no library's version.
//
// One block of type 1 (section 3.2.6): a literal is written with its fixed code of 8 or 9 bits, a
// run of at least three more of the same byte as length codes 257 to 285 with the distance code 0,
// which is 1 byte back. Where that comes out longer than the bytes themselves, blocks of type 0
// hold them as they are (section 3.2.4, at most 65,535 bytes each). No search, no dictionary: tar
// headers and padding, mostly runs of zeros, want neither. Pure.

#include <string>
#include <string_view>

namespace pedigree::imagebuild {

// A whole deflate stream.
std::string run_deflate(std::string_view bytes);

} // namespace pedigree::imagebuild
