#pragma once
// The Merkle tree over the ledger, as RFC 6962 section 2.1 defines it: leaf = SHA-256(0x00 |
// bytes), node = SHA-256(0x01 | left | right), the empty tree's root = SHA-256(""). Only the
// frontier is kept: the roots of the complete subtrees that the size's binary digits name, largest
// first. It grows by one leaf in O(log n) and gives the root in O(log n). Pure; values.

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/result.h"

namespace pedigree::lineage {

// A digest's 32 raw bytes, as SQL and the tree take them; the digest outlives the view.
std::string_view view_of(const Digest& digest);

Digest leaf_hash(std::string_view bytes);
Digest node_hash(const Digest& left, const Digest& right);

class MerkleFrontier {
  public:
    MerkleFrontier() = default;
    // From what was stored; Corrupt when the number of subtrees does not fit the size.
    static Result<MerkleFrontier> restore(std::int64_t size, std::vector<Digest> subtrees);

    void append(const Digest& leaf);
    Digest root() const;

    std::int64_t size() const { return size_; }
    const std::vector<Digest>& subtrees() const { return subtrees_; }

  private:
    std::int64_t size_ = 0;
    std::vector<Digest> subtrees_;
};

} // namespace pedigree::lineage
