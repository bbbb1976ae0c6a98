#pragma once
// A table as kubectl prints one: upper-case headers, columns three spaces apart, nothing behind the
// last one. Pure.

#include <string>
#include <vector>

#include "cli/app/terminal.h"

namespace pedigree::cli {

struct Cell {
    std::string text;
    Colour colour = Colour::None;
};

struct Table {
    std::vector<std::string> header;
    std::vector<std::vector<Cell>> rows; // as long as the header
};

std::string render(const Table& table, bool in_colour);

} // namespace pedigree::cli
