#include "cli/app/error_text.h"

#include "cli/app/terminal.h"

namespace pedigree::cli {

std::string error_text(const Error& error, bool in_colour) {
    return coloured("error:", Colour::Red, in_colour) + " " + printable(error.message) + "\n";
}

} // namespace pedigree::cli
