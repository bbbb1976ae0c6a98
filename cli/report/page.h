#pragma once
// A page for people: headings with sentences, facts, tables and curves below them, written as
// Markdown or as one HTML file that needs nothing else. What a page holds is the text as it came;
// the writers make it printable and take away its meaning in their language, so that no name or
// message becomes a link, a script or a heading. Pure.
//
//     Page page{"mnist-1", {}};
//     page.sections.push_back({.heading = "Result", .facts = {{"outcome", "Succeeded"}}});
//     terminal.out << html_of(page);

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/app/table.h"

namespace pedigree::cli {

// Values in the order in which they came to be. What has none, a failed trial, is a mark below.
struct Curve {
    std::string name; // of what the values are of
    bool higher_is_better = true;
    std::vector<std::pair<std::int64_t, std::optional<double>>> points; // number and value
};

// Whatever of it is empty is left out.
struct Section {
    std::string heading;
    std::string sentence;
    std::vector<std::pair<std::string, std::string>> facts; // name and value
    Table table;
    std::optional<Curve> curve; // Markdown has no place for one; its table says the same
    std::vector<std::string> items;
    std::vector<std::string> commands; // lines for a shell
};

struct Page {
    std::string title;
    std::vector<Section> sections;
};

std::string markdown_of(const Page& page);
std::string html_of(const Page& page);

// An <svg> element: the values, the best so far, the lowest and the highest in numbers.
std::string svg_of(const Curve& curve);

// Text that means nothing else in HTML, also inside quotes.
std::string html_escaped(std::string_view text);

} // namespace pedigree::cli
