#include "imagebuild/layer/stargz.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/json.h"

namespace pedigree::imagebuild {
namespace {

const char* type_of(TarType type) {
    switch (type) {
    case TarType::File:
        return "reg";
    case TarType::Symlink:
        return "symlink";
    case TarType::Directory:
        return "dir";
    }
    return "";
}

} // namespace

void StargzTable::add(const TarEntry& entry) {
    rows_.push_back({entry, 0, {}});
}

void StargzTable::place(std::uint64_t offset, const Digest& content) {
    rows_.back().offset = offset;
    rows_.back().content = content;
}

std::string StargzTable::text() const {
    Json entries = Json::array();
    for (const auto& [entry, offset, content] : rows_) {
        Json row = {{"name", entry.path + (entry.type == TarType::Directory ? "/" : "")},
                    {"type", type_of(entry.type)},
                    {"modtime", "1970-01-01T00:00:00Z"},
                    {"mode", entry.mode}};
        if (entry.type == TarType::Symlink) {
            row["linkName"] = entry.target;
        }
        if (offset > 0) { // all of the file is one chunk
            row.update({{"size", entry.bytes},
                        {"offset", offset},
                        {"digest", content.text()},
                        {"chunkDigest", content.text()}});
        }
        entries.push_back(std::move(row));
    }
    return canonical_json({{"version", 1}, {"entries", std::move(entries)}});
}

std::string stargz_footer(std::uint64_t table_offset) {
    // Flag FEXTRA; of the extra field 26 bytes, which are the subfield "SG" of 22.
    std::string footer("\x1f\x8b\x08\x04\x00\x00\x00\x00\x00\xff\x1a\x00SG\x16\x00", 16);
    footer += fmt::format("{:016x}STARGZ", table_offset);
    footer += std::string_view("\x01\x00\x00\xff\xff", 5); // the last block, stored and empty
    footer += std::string(8, '\0');                        // its CRC and size
    return footer;
}

} // namespace pedigree::imagebuild
