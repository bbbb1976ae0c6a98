#include "lineage/merkle.h"

#include <bit>

#include <fmt/format.h>

namespace pedigree::lineage {

std::string_view view_of(const Digest& digest) {
    return {reinterpret_cast<const char*>(digest.bytes.data()), digest.bytes.size()};
}

Digest leaf_hash(std::string_view bytes) {
    Sha256 hash;
    hash.update(std::string_view("\0", 1));
    hash.update(bytes);
    return hash.finish();
}

Digest node_hash(const Digest& left, const Digest& right) {
    Sha256 hash;
    hash.update("\1");
    hash.update(view_of(left));
    hash.update(view_of(right));
    return hash.finish();
}

Result<MerkleFrontier> MerkleFrontier::restore(std::int64_t size, std::vector<Digest> subtrees) {
    const auto expected = std::popcount(static_cast<std::uint64_t>(size));
    if (size < 0 || static_cast<std::size_t>(expected) != subtrees.size()) {
        return failure(ErrorCode::Corrupt,
                       fmt::format("a tree of {} leaves has {} complete subtrees, not {}", size,
                                   expected, subtrees.size()));
    }
    MerkleFrontier frontier;
    frontier.size_ = size;
    frontier.subtrees_ = std::move(subtrees);
    return frontier;
}

// Like counting in binary: each trailing one of the old size is a subtree that now has a sibling.
void MerkleFrontier::append(const Digest& leaf) {
    Digest carried = leaf;
    for (auto digits = static_cast<std::uint64_t>(size_); (digits & 1) != 0; digits >>= 1) {
        carried = node_hash(subtrees_.back(), carried);
        subtrees_.pop_back();
    }
    subtrees_.push_back(carried);
    ++size_;
}

Digest MerkleFrontier::root() const {
    if (subtrees_.empty()) {
        return sha256("");
    }
    // From the smallest up: each becomes the right child of the next larger one.
    Digest root = subtrees_.back();
    for (auto left = subtrees_.rbegin() + 1; left != subtrees_.rend(); ++left) {
        root = node_hash(*left, root);
    }
    return root;
}

} // namespace pedigree::lineage
