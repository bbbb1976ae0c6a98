#include "cli/app/table.h"

#include <algorithm>

namespace pedigree::cli {

namespace {

constexpr std::size_t column_gap = 3;

void append_row(std::string& text, const std::vector<Cell>& row,
                const std::vector<std::size_t>& widths, bool in_colour) {
    for (std::size_t column = 0; column < row.size(); ++column) {
        const std::string cell = printable(row[column].text);
        text += coloured(cell, row[column].colour, in_colour);
        if (column + 1 < row.size()) {
            text.append(widths[column] - display_width(cell) + column_gap, ' ');
        }
    }
    text += '\n';
}

} // namespace

std::string render(const Table& table, bool in_colour) {
    std::vector<Cell> header;
    std::vector<std::size_t> widths;
    for (const std::string& name : table.header) {
        header.push_back({name, Colour::Bold});
        widths.push_back(display_width(name));
    }
    for (const auto& row : table.rows) {
        for (std::size_t column = 0; column < widths.size(); ++column) {
            widths[column] = std::max(widths[column], display_width(printable(row[column].text)));
        }
    }
    std::string text;
    append_row(text, header, widths, in_colour);
    for (const auto& row : table.rows) {
        append_row(text, row, widths, in_colour);
    }
    return text;
}

} // namespace pedigree::cli
