#include "tests/checkout/checkout.h"

namespace pedigree {

std::filesystem::path checkout_path(const std::filesystem::path& name) {
    return std::filesystem::path(PEDIGREE_SOURCE_DIR) / name;
}

std::filesystem::path case_path(const std::filesystem::path& name) {
    return checkout_path("tests/cases") / name;
}

} // namespace pedigree
