#pragma once
// Bytes that somebody else wrote, as text that JSON can carry: what is not UTF-8 is replaced by
// U+FFFD, byte by byte. Pure.

#include <string>
#include <string_view>

namespace pedigree::lineage {

std::string readable_text(std::string_view bytes);

} // namespace pedigree::lineage
