#pragma once
// The Merkle tree over the ledger, as RFC 6962 section 2.1 defines it: leaf = SHA-256(0x00 |
// bytes), node = SHA-256(0x01 | left | right), the empty tree's root = SHA-256(""). Only the
// frontier is kept: the roots of the complete subtrees that the size's binary digits name, largest
// first. It grows by one leaf in O(log n) and gives the root in O(log n). Pure; values.
//
// Seven leaves (7 = 4 + 2 + 1), and what of them is kept (*):
//
//                  root
//               /        \.
//           *A             E          A = node(B, C) over leaves 1..4
//          /   \         /   \        root = node(A, node(D, leaf 7))
//         B     C      *D     *7      RFC 6962: the left subtree is the largest power
//        / \   / \     / \            of two that is smaller than the number of leaves
//       1   2 3   4   5   6
//
// Adding leaf 8 is adding 1 to 0b111 with its carries: node(7, 8), node(D, that), node(A, that),
// and one root is left. A set bit of the size is a complete subtree; that is why `restore` can
// compare the two numbers.
//
// What it is for: whoever kept an old root can be shown, by log2(n) hashes, that today's ledger
// begins with the ledger of then, and that an entry is in it. The prefixes 0x00 and 0x01 keep a
// node from being passed off as a leaf whose bytes are two hashes (section 2.1's second preimages).

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
