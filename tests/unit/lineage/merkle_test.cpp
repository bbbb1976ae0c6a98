#include "lineage/merkle.h"

#include <gtest/gtest.h>

#include "tests/integration/postgres/naive_merkle.h"

namespace pedigree::lineage {
namespace {

std::string bytes(std::string_view hex) {
    return *from_hex(hex);
}

Digest root_of(const std::vector<std::string>& entries) {
    MerkleFrontier frontier;
    for (const std::string& entry : entries) {
        frontier.append(leaf_hash(entry));
    }
    return frontier.root();
}

// The test vectors of Certificate Transparency's own implementations: eight entries, and the roots
// of the first n of them.
TEST(MerkleTest, GivesTheKnownRoots) {
    const std::vector<std::string> entries{bytes(""),
                                           bytes("00"),
                                           bytes("10"),
                                           bytes("2021"),
                                           bytes("3031"),
                                           bytes("40414243"),
                                           bytes("5051525354555657"),
                                           bytes("606162636465666768696a6b6c6d6e6f")};
    const std::vector<std::string> roots{
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
    for (std::size_t size = 0; size < roots.size(); ++size) {
        const std::vector<std::string> first(entries.begin(),
                                             entries.begin() + static_cast<std::ptrdiff_t>(size));
        EXPECT_EQ(root_of(first).hex(), roots[size]) << size << " entries";
    }
}

TEST(MerkleTest, AgreesWithTheDefinitionForEverySize) {
    std::vector<std::string> entries;
    MerkleFrontier frontier;
    for (int size = 0; size <= 65; ++size) {
        EXPECT_EQ(frontier.size(), size);
        EXPECT_EQ(frontier.root(), test::naive_root(entries)) << size << " entries";
        entries.push_back("entry " + std::to_string(size));
        frontier.append(leaf_hash(entries.back()));
    }
}

TEST(MerkleTest, GoesOnFromWhatWasStored) {
    MerkleFrontier whole;
    MerkleFrontier stored;
    for (int i = 0; i < 40; ++i) {
        const Digest leaf = leaf_hash(std::to_string(i));
        whole.append(leaf);
        stored = *MerkleFrontier::restore(stored.size(), stored.subtrees());
        stored.append(leaf);
        EXPECT_EQ(stored.root(), whole.root());
    }
}

TEST(MerkleTest, RefusesSubtreesThatDoNotFitTheSize) {
    EXPECT_FALSE(MerkleFrontier::restore(3, {Digest{}}));
    EXPECT_FALSE(MerkleFrontier::restore(4, {Digest{}, Digest{}}));
    EXPECT_FALSE(MerkleFrontier::restore(-1, {}));
    EXPECT_TRUE(MerkleFrontier::restore(0, {}));
}

TEST(MerkleTest, ALeafIsNoNode) {
    const Digest left = leaf_hash("a");
    const Digest right = leaf_hash("b");
    EXPECT_NE(node_hash(left, right),
              leaf_hash(std::string(view_of(left)) + std::string(view_of(right))));
}

} // namespace
} // namespace pedigree::lineage
