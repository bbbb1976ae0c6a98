#pragma once
// The small text files of a .dist-info folder: RECORD (CSV: path, hash, bytes; PyPA, recording
// installed packages), WHEEL and METADATA (header fields as in mail; core metadata),
// entry_points.txt (an ini file; PyPA, entry points). All come from strangers: each reader is
// bounded in rows, and takes nothing for a name that could be a path or code. Pure.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "imagebuild/wheel/wheel.h"

namespace pedigree::imagebuild {

constexpr std::size_t record_rows_max = 200'000;
constexpr std::size_t header_lines_max = 10'000;
constexpr std::size_t entry_points_max = 2000;

struct RecordRow {
    std::string path;
    std::string hash; // "sha256=<urlsafe base64 without padding>" (record_hash.h), empty for RECORD
    std::string bytes;
};
// CSV as Python writes it: quoted fields, LF or CRLF. Corrupt for other rows and too many.
Result<std::vector<RecordRow>> parse_record(std::string_view text);
std::string record_hash(const Digest& digest);
std::string record_row(std::string_view path, std::string_view hash, std::string_view bytes);

// Header fields of WHEEL and METADATA, up to the first empty line or header_lines_max; names in
// lower case.
std::multimap<std::string, std::string> parse_header_fields(std::string_view text);

// InvalidInput for a script whose name or target could be anything but a name, and for too many.
Result<std::vector<EntryPoint>> parse_entry_points(std::string_view text);

} // namespace pedigree::imagebuild
