#pragma once
// Gives the calling thread the name under which docs/architecture.md lists it; at most 15 bytes are
// kept, as the kernel does.

#include <string_view>

namespace pedigree::net {

void name_this_thread(std::string_view name);

} // namespace pedigree::net
