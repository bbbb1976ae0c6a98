#pragma once
// Where a test finds the files of the checkout that it was built from: samples, pages, cases. In a
// library of its own, since the compiler's cache would miss every test that is told an absolute
// path by its flags, in each clone again.
//
//     const auto text = read_file(checkout_path("docs/cli/wait.md"));

#include <filesystem>

namespace pedigree {

// `name` is relative to the checkout; the answer is absolute.
std::filesystem::path checkout_path(const std::filesystem::path& name);

// The same below tests/cases.
std::filesystem::path case_path(const std::filesystem::path& name);

} // namespace pedigree
