#pragma once
// A table as kubectl prints one: upper-case headers, columns three spaces apart, nothing behind the
// last one. Cells hold text of others as it came; render() makes it printable, so that a name with
// a line feed or a wide character keeps its row and its column.
//
//     Table table{{"NAME", "PHASE"}, {}};
//     table.rows.push_back({{name}, {phase, colour_of_phase(phase)}});
//     terminal.out << render(table, terminal.out_coloured);
//
// Pure.

#include <string>
#include <string_view>
#include <vector>

#include "cli/app/terminal.h"

namespace pedigree::cli {

struct Cell {
    std::string text;
    Colour colour = Colour::None;

    bool operator==(const Cell&) const = default;
};

struct Table {
    std::vector<std::string> header;
    std::vector<std::vector<Cell>> rows; // as long as the header
    std::size_t named_by = 1;            // so many columns at the front name a row: never cut
};

std::string render(const Table& table, bool in_colour);

// As wide as the terminal: digests are shortened first, then the widest columns are cut ("..."),
// down to twelve characters each. `margin`: what stands before each line.
Table fitted(Table table, std::size_t columns, std::size_t margin = 0);
std::string render(const Table& table, const Terminal& terminal, std::size_t margin = 0);

// Where every word of the last column counts, such as a message: what does not fit goes on in rows
// below, broken between words, and nothing is cut.
Table with_wrapped_end(const Table& table, std::size_t columns, std::size_t margin = 0);

// Text in lines: those that are wider than the terminal have their digests shortened, and nothing
// is cut. 0 columns: as it is.
std::string with_fitted_lines(std::string_view text, std::size_t columns);

// A table whose rows come one after the other: the header once, columns that only grow wider.
class TableStream {
  public:
    // Empty: the table has no rows.
    std::string next(const Table& table, bool in_colour);

  private:
    std::vector<std::size_t> widths_;
};

} // namespace pedigree::cli
