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

// The widest of a column, and of those that were before.
void widen(std::vector<std::size_t>& widths, const Table& table) {
    widths.resize(table.header.size());
    for (std::size_t column = 0; column < widths.size(); ++column) {
        widths[column] = std::max(widths[column], display_width(table.header[column]));
        for (const auto& row : table.rows) {
            widths[column] = std::max(widths[column], display_width(printable(row[column].text)));
        }
    }
}

std::vector<Cell> header_row(const Table& table) {
    std::vector<Cell> header;
    for (const std::string& name : table.header) {
        header.push_back({name, Colour::Bold});
    }
    return header;
}

} // namespace

std::string render(const Table& table, bool in_colour) {
    std::vector<std::size_t> widths;
    widen(widths, table);
    std::string text;
    append_row(text, header_row(table), widths, in_colour);
    for (const auto& row : table.rows) {
        append_row(text, row, widths, in_colour);
    }
    return text;
}

std::string TableStream::next(const Table& table, bool in_colour) {
    std::string text;
    const bool is_first = widths_.empty();
    if (table.rows.empty()) {
        return text;
    }
    widen(widths_, table);
    if (is_first) {
        append_row(text, header_row(table), widths_, in_colour);
    }
    for (const auto& row : table.rows) {
        append_row(text, row, widths_, in_colour);
    }
    return text;
}

} // namespace pedigree::cli
