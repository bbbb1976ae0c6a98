#include "tests/integration/postgres/naive_merkle.h"

namespace pedigree::test {
namespace {

std::string raw(const Digest& digest) {
    return std::string(digest.bytes.begin(), digest.bytes.end());
}

} // namespace

Digest naive_root(const std::vector<std::string>& entries) {
    if (entries.empty()) {
        return sha256("");
    }
    if (entries.size() == 1) {
        return sha256(std::string(1, '\0') + entries.front());
    }
    std::size_t k = 1;
    while (k * 2 < entries.size()) {
        k *= 2;
    }
    const auto middle = entries.begin() + static_cast<std::ptrdiff_t>(k);
    const Digest left = naive_root({entries.begin(), middle});
    const Digest right = naive_root({middle, entries.end()});
    return sha256('\1' + raw(left) + raw(right));
}

} // namespace pedigree::test
