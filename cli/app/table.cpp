#include "cli/app/table.h"

#include <algorithm>

#include "base/text.h"

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

constexpr std::size_t column_width_min = 12;
constexpr std::size_t digest_digits_shown = 12;
constexpr std::size_t digest_digits_min = 40; // of SHA-1; what is shorter is none

// "sha256:<64 digits>" with its first twelve, wherever it stands in the text.
std::string with_short_digests(std::string_view text) {
    std::string out;
    std::size_t digits = 0; // of hex, up to here
    const auto end_digits = [&] {
        if (digits >= digest_digits_min) {
            out.resize(out.size() - digits + digest_digits_shown);
        }
        digits = 0;
    };
    for (const char c : text) {
        const bool is_digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
        if (!is_digit) {
            end_digits();
        }
        out += c;
        digits += is_digit ? 1 : 0;
    }
    end_digits();
    return out;
}

std::size_t table_width(const std::vector<std::size_t>& widths, std::size_t margin) {
    std::size_t width = margin + column_gap * (widths.size() - 1);
    for (const std::size_t each : widths) {
        width += each;
    }
    return width;
}

// Takes from the widest column, the last of several, as long as there is one to take from.
void narrow(std::vector<std::size_t>& widths, std::size_t named_by, std::size_t columns,
            std::size_t margin) {
    const auto end = widths.rend() - static_cast<std::ptrdiff_t>(std::min(named_by, widths.size()));
    while (table_width(widths, margin) > columns) {
        const auto widest = std::max_element(widths.rbegin(), end);
        if (widest == end || *widest <= column_width_min) {
            return;
        }
        --*widest;
    }
}

// The front of a text that fits, up to the end of a word if one ends there; at least a character.
std::string_view line_front(std::string_view text, std::size_t columns) {
    if (display_width(text) <= columns) {
        return text;
    }
    std::size_t bytes = 0;
    std::size_t end_of_word = 0;
    while (bytes < text.size()) {
        const std::size_t next = bytes + first_character(text.substr(bytes)).bytes;
        end_of_word = text[bytes] == ' ' ? bytes : end_of_word;
        if (bytes > 0 && display_width(text.substr(0, next)) > columns) {
            break;
        }
        bytes = next;
    }
    return text.substr(0, end_of_word > 0 ? end_of_word : bytes);
}

} // namespace

Table with_wrapped_end(const Table& table, std::size_t columns, std::size_t margin) {
    constexpr std::size_t room_min = 20; // narrower than this nobody reads
    std::vector<std::size_t> widths;
    widen(widths, table);
    const std::size_t before = table_width(widths, margin) - widths.back();
    if (columns < before + room_min) {
        return table;
    }
    Table wrapped{table.header, {}};
    for (const auto& row : table.rows) {
        const std::string text = printable(row.back().text);
        std::string_view rest = text;
        std::vector<Cell> line = row;
        do {
            const std::string_view front = line_front(rest, columns - before);
            line.back().text = front;
            wrapped.rows.push_back(line);
            line.assign(row.size(), Cell{});
            rest.remove_prefix(front.size());
            rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
        } while (!rest.empty());
    }
    return wrapped;
}

Table fitted(Table table, std::size_t columns, std::size_t margin) {
    std::vector<std::size_t> widths;
    widen(widths, table);
    if (columns == 0 || table.header.empty() || table_width(widths, margin) <= columns) {
        return table;
    }
    for (auto& row : table.rows) {
        for (Cell& cell : row) {
            cell.text = with_short_digests(printable(cell.text));
        }
    }
    widths.clear();
    widen(widths, table);
    narrow(widths, table.named_by, columns, margin);
    for (std::size_t column = 0; column < widths.size(); ++column) {
        table.header[column] = cut_to_width(table.header[column], widths[column]);
        for (auto& row : table.rows) {
            row[column].text = cut_to_width(row[column].text, widths[column]);
        }
    }
    return table;
}

std::string with_fitted_lines(std::string_view text, std::size_t columns) {
    std::string out;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        const bool fits = columns == 0 || display_width(line) <= columns;
        out += fits ? std::string(line) : with_short_digests(line);
        out += end < text.size() ? "\n" : "";
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return out;
}

std::string render(const Table& table, const Terminal& terminal, std::size_t margin) {
    return render(fitted(table, terminal.out_columns, margin), terminal.out_coloured);
}

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
