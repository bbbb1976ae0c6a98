// As GitLab and GitHub read it (GitHub Flavored Markdown 0.29).

#include <algorithm>

#include <fmt/format.h>

#include "cli/report/page.h"

namespace pedigree::cli {

namespace {

// A backslash before any ASCII punctuation takes its meaning away (2.4), and GitLab's before the
// characters that begin a reference: a name in a message calls nobody.
std::string plain(std::string_view text) {
    constexpr std::string_view meaning = "\\`*_{}[]()<>#+-.!|~&@:$%^";
    std::string escaped;
    for (const char c : printable(text)) {
        if (meaning.find(c) != std::string_view::npos) {
            escaped += '\\';
        }
        escaped += c;
    }
    return escaped;
}

// Inside a code span nothing has a meaning but as many backticks as began it (6.3), and in a table
// a bar (4.10).
std::string code(std::string_view text) {
    const std::string shown = printable(text);
    if (shown.empty()) {
        return "";
    }
    std::size_t longest = 0, run = 0;
    std::string body;
    for (const char c : shown) {
        run = c == '`' ? run + 1 : 0;
        longest = std::max(longest, run);
        body += c == '|' ? "\\|" : std::string(1, c);
    }
    const std::string fence(longest + 1, '`');
    return longest == 0 ? fence + body + fence : fence + " " + body + " " + fence;
}

std::string rows_of(const Table& table) {
    std::string text = "|";
    for (const std::string& name : table.header) {
        text += " " + plain(name) + " |";
    }
    text += "\n|";
    for (std::size_t column = 0; column < table.header.size(); ++column) {
        text += "---|";
    }
    for (const auto& row : table.rows) {
        text += "\n|";
        for (const Cell& cell : row) {
            text += " " + code(cell.text) + " |";
        }
    }
    return text + "\n\n";
}

std::string section_of(const Section& section) {
    std::string text = fmt::format("## {}\n\n", plain(section.heading));
    if (!section.sentence.empty()) {
        text += plain(section.sentence) + "\n\n";
    }
    if (!section.facts.empty()) {
        Table facts{{"", ""}, {}};
        for (const auto& [name, value] : section.facts) {
            facts.rows.push_back({{name}, {value}});
        }
        text += rows_of(facts);
    }
    if (!section.table.rows.empty()) {
        text += rows_of(section.table);
    }
    for (const std::string& item : section.items) {
        text += fmt::format("- {}\n", plain(item));
    }
    text += section.items.empty() ? "" : "\n";
    for (const std::string& command : section.commands) {
        text += fmt::format("    {}\n", printable(command));
    }
    return text + (section.commands.empty() ? "" : "\n");
}

} // namespace

std::string markdown_of(const Page& page) {
    std::string text = fmt::format("# {}\n\n", plain(page.title));
    for (const Section& section : page.sections) {
        text += section_of(section);
    }
    text.pop_back(); // the last empty line
    return text;
}

} // namespace pedigree::cli
