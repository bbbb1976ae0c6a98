#pragma once
// The actions of `pedigree search`. Each stands in its own file, with its word, what help says of
// it, what it asks of the command line and what it does; the command (cli/commands/search.cpp)
// reads the line and the document, and hands both to the action that was named.
//
// To add one: the file cli/search/<action>.cpp, its line in action.cpp, docs/cli/search.md.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/app/exit_code.h"
#include "cli/app/format.h"
#include "cli/app/terminal.h"
#include "pipeline/search/search.h"

namespace pedigree::cli {

struct SearchAction;

// What stands on the command line; who uses what, the actions say.
struct SearchOptions {
    const SearchAction* action = nullptr;
    std::string file;
    std::optional<std::int64_t> seed;    // wins over the file's
    std::string history;                 // empty: none is kept, or read
    std::vector<std::string> earlier;    // histories of earlier searches, or folders of them
    std::vector<std::string> parameters; // NAME=VALUE
    std::string to;                      // whose form to export
    Format format = Format::Table;
};

struct SearchAction {
    std::string_view name;                         // "serve"
    std::string_view text;                         // "answer JSON lines"
    bool takes_form;                               // --to goes with it, and with no other
    Status (*check)(const SearchOptions& options); // InvalidInput: what is missing on the line
    Result<ExitCode> (*perform)(const SearchOptions& options, const search::Study& study,
                                Terminal& terminal);
};

// In the order in which help names them.
const std::vector<SearchAction>& search_actions();

// Whether the line fits the action that it names.
Status check_line(const SearchOptions& options);

// Nothing is asked of the line.
Status any_line(const SearchOptions& options);
// The history must be named.
Status with_history(const SearchOptions& options);

// A search that knows the histories of --earlier.
Result<search::Search> begin_search(const SearchOptions& options, search::Study study);

} // namespace pedigree::cli
