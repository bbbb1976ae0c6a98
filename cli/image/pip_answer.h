#pragma once
// What pip says, read: the report of a resolution (pip's "installation report", version 1), and the
// words of one that failed. pip's output is no interface, so what is not understood is shown as it
// is. Pure.

#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"

namespace pedigree::cli {

constexpr std::size_t pip_report_bytes_max = 64 * 1024 * 1024;

struct ResolvedFile {
    std::string name, version;
    std::string file_name;
    Digest digest;
    std::vector<std::string> requirements; // Requires-Dist
};

// Corrupt: no such report. InvalidInput: a package comes from a URL, a folder or a repository, or
// the index tells no sha256 of a file.
Result<std::vector<ResolvedFile>> parse_pip_report(std::string_view text);

struct PipRefusal {
    std::string missing;             // a requirement that no wheel meets, such as "pathtools>=0.1"
    std::string missing_wanted_by;   // a package; empty: the requirements file
    std::vector<std::string> causes; // of a conflict, in pip's words
    std::string last_words;          // the errors, or the last line
};

PipRefusal read_pip_refusal(std::string_view output, std::string_view error_output);

} // namespace pedigree::cli
