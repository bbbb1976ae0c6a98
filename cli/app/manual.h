#pragma once
// What the manual says of one word: of a reason (docs/operate/reasons.md) or of an error's code
// (docs/operate/codes.md, and the rules of pipeline/spec). Both pages are built into the program,
// so that they speak of the same version. Pure.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pedigree::cli {

struct ManualEntry {
    std::string word;  // "WaitingForGpu", "E0120"
    std::string about; // the heading it stands under: "Configuration", "The lock"
    // "meaning" and what it is, in the order of the page; without Markdown.
    std::vector<std::pair<std::string, std::string>> lines;
};

// In the order of the pages, reasons first.
const std::vector<ManualEntry>& manual_entries();

// In whatever case of letters; nullptr: the pages do not have it.
const ManualEntry* find_manual_entry(std::string_view word);

// The rows of all tables of a page: what stands in backquotes in the first cell, or is a code, is a
// word, and the others explain it under the names of their columns.
std::vector<ManualEntry> manual_entries_in(std::string_view page);

} // namespace pedigree::cli
