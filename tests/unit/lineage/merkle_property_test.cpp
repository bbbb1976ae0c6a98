// Whatever the entries are and wherever the sequencer was killed: the root is the one that RFC 6962
// defines, and no other entries have it.

#include <bit>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include "lineage/merkle.h"
#include "tests/integration/postgres/naive_merkle.h"

namespace pedigree::lineage {
namespace {

using Entries = std::vector<std::string>;

// The frontier after these entries, stored and read again behind the nth one where `restarts` has
// that bit.
MerkleFrontier frontier_of(const Entries& entries, std::uint64_t restarts) {
    MerkleFrontier frontier;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        frontier.append(leaf_hash(entries[i]));
        if ((restarts >> i % 64 & 1) != 0) {
            frontier = MerkleFrontier::restore(frontier.size(), frontier.subtrees()).value();
        }
    }
    return frontier;
}

RC_GTEST_PROP(MerkleProperty, TheRootIsTheDefinitionsWhereverItWasRestored,
              (const Entries& entries, std::uint64_t restarts)) {
    const MerkleFrontier frontier = frontier_of(entries, restarts);
    RC_ASSERT(frontier.size() == static_cast<std::int64_t>(entries.size()));
    RC_ASSERT(frontier.root() == test::naive_root(entries));
}

// One complete subtree for each set bit of the size, so that the table stays as small as it says.
RC_GTEST_PROP(MerkleProperty, KeepsASubtreeForEachBitOfTheSize, (const Entries& entries)) {
    const MerkleFrontier frontier = frontier_of(entries, 0);
    RC_ASSERT(frontier.subtrees().size() ==
              static_cast<std::size_t>(std::popcount(entries.size())));
}

RC_GTEST_PROP(MerkleProperty, AnotherEntryIsAnotherRoot, (Entries entries, std::string other)) {
    RC_PRE(!entries.empty());
    const Digest root = frontier_of(entries, 0).root();
    std::string& changed = entries[*rc::gen::inRange<std::size_t>(0, entries.size())];
    RC_PRE(changed != other);
    changed = other;
    RC_ASSERT(frontier_of(entries, 0).root() != root);
}

} // namespace
} // namespace pedigree::lineage
