#pragma once
// The protocol of `pedigree search serve` (docs/spec/search.md): one JSON object a line in, answers
// out. What happens is handed to `record` before it is answered. One thread.

#include <functional>
#include <istream>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>

#include "base/json.h"
#include "pipeline/search/search.h"

namespace pedigree::cli {

// Keeps one line of the history; its error ends the serving.
using EventRecorder = std::function<Status(const Json& line)>;

// The answer to one line, without its line feed; empty: none is due.
Result<std::string> answer(std::string_view line, search::Search& search,
                           const EventRecorder& record);

// Answers lines until the input ends.
Status serve(search::Search& search, std::istream& in, std::ostream& out,
             const EventRecorder& record);

} // namespace pedigree::cli
