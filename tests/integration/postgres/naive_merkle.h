#pragma once
// The Merkle tree hash exactly as RFC 6962 section 2.1 writes it down, by recursion over all
// leaves: slow, and sharing no code with lineage/merkle.cpp. The oracle for it.

#include <string>
#include <vector>

#include "base/digest.h"

namespace pedigree::test {

Digest naive_root(const std::vector<std::string>& entries);

} // namespace pedigree::test
