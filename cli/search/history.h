#pragma once
// HistoryFile: what happened in a search, a JSON line each (pipeline/search/document/event_json.h),
// appended before it is answered. Opened again, it brings a Search to where it was; the line that a
// kill cut short is dropped. Owns the open file; one thread, and one process a file.

#include <fstream>
#include <string>
#include <vector>

#include "base/json.h"
#include "pipeline/search/search.h"

namespace pedigree::cli {

constexpr std::size_t history_bytes_max = 256 * 1024 * 1024;

// Applies the lines of a text; InvalidInput names the line. Bytes behind the last line feed are
// not read.
Status replay(std::string_view text, search::Search& search);

// The histories of earlier searches, in this order: files, or folders with files NAME.jsonl, by
// name. `own_history`, if it lies among them, is not earlier. Errors name the file and the line.
Result<std::vector<search::EarlierStudy>> read_earlier(const std::vector<std::string>& paths,
                                                       const std::string& own_history);

class HistoryFile {
  public:
    // Replays what the file holds; a missing one is begun.
    static Result<HistoryFile> open(const std::string& path, search::Search& search);

    Status append(const Json& line);

  private:
    HistoryFile(std::string path, std::ofstream file);

    std::string path_;
    std::ofstream file_;
};

} // namespace pedigree::cli
