#pragma once
// Terminal: where a command writes. Data goes to `out`, progress and diagnostics to `err`; colours
// only where a person looks, and they only repeat a word that stands there as well. Between a
// stream and a real terminal stands a Screen (screen.h): nothing that others wrote is obeyed.
// printable() is for text that must stay within its line. One thread at a time.

#include <cstddef>
#include <ostream>
#include <string>
#include <string_view>

namespace pedigree::cli {

enum class Colour { None, Bold, Dim, Red, Green, Yellow, Blue };
enum class ColourMode { Auto, Never, Always };

struct Terminal {
    std::ostream& out;
    std::ostream& err;
    bool out_coloured = false;
    bool err_coloured = false;
    bool err_interactive = false; // a person watches
    bool unicode = false;         // the locale can show more than ASCII
    std::size_t out_columns = 0;  // how wide a table may be; 0: as wide as it is
};

// Colours by mode, by whether the descriptors are terminals, and by NO_COLOR and TERM=dumb;
// characters by LC_ALL, LC_CTYPE or LANG, the first that is set. As wide as COLUMNS says, else as
// the terminal is; into a file or a pipe nothing is cut.
Terminal standard_terminal(ColourMode mode);

std::string coloured(std::string_view text, Colour colour, bool on);
// The colour of a phase word; every state also has its word.
Colour colour_of_phase(std::string_view phase);

// Text of others for a line on a screen, through the door of base/text.h: controls are shown
// ("\n", "\x1b"), what is no UTF-8 becomes U+FFFD.
std::string printable(std::string_view text);
// The beginning of a printable text that takes at most so many columns, "..." at its end if it was
// cut.
std::string cut_to_width(std::string_view text, std::size_t columns);
// Columns that the text takes on a terminal: wide East Asian characters take two.
std::size_t display_width(std::string_view text);

} // namespace pedigree::cli
