#include "imagebuild/layer/tar_entry.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

namespace pedigree::imagebuild {
namespace {

constexpr std::size_t name_bytes_max = 100, prefix_bytes_max = 155;
constexpr std::uint64_t octal_size_max = 077777777777;
constexpr char pax_type = 'x';

struct NameParts {
    std::string_view prefix, name;
};

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// The name in one field, or cut at a '/' into two.
std::optional<NameParts> ustar_name(std::string_view path) {
    if (!is_ascii(path)) {
        return std::nullopt;
    }
    if (path.size() <= name_bytes_max) {
        return NameParts{"", path};
    }
    const std::size_t slash =
        path.find('/', path.size() - std::min(path.size(), name_bytes_max + 1));
    if (slash == path.npos || slash == 0 || slash > prefix_bytes_max || slash + 1 == path.size()) {
        return std::nullopt;
    }
    return NameParts{path.substr(0, slash), path.substr(slash + 1)};
}

void put(std::string& block, std::size_t at, std::string_view text) {
    block.replace(at, text.size(), text);
}

std::string block_of(NameParts name, char type, unsigned mode, std::uint64_t bytes,
                     std::string_view target) {
    std::string block(tar_block_bytes, '\0');
    put(block, 0, name.name);
    put(block, 100, fmt::format("{:07o}", mode));
    put(block, 108, "0000000"); // uid
    put(block, 116, "0000000"); // gid
    put(block, 124, fmt::format("{:011o}", std::min(bytes, octal_size_max)));
    put(block, 136, "00000000000"); // mtime
    put(block, 148, "        ");    // the checksum counts as blanks
    block[156] = type;
    put(block, 157, target);
    put(block, 257,
        std::string_view("ustar\0"
                         "00",
                         8));
    put(block, 329, "0000000"); // device numbers
    put(block, 337, "0000000");
    put(block, 345, name.prefix);
    unsigned sum = 0;
    for (const char c : block) {
        sum += static_cast<unsigned char>(c);
    }
    put(block, 148, fmt::format("{:06o}", sum));
    block[154] = '\0';
    return block;
}

// "LENGTH key=value\n", where LENGTH counts itself.
std::string pax_record(std::string_view key, std::string_view value) {
    const std::size_t rest = key.size() + value.size() + 3;
    std::size_t length = rest + 1;
    while (rest + std::to_string(length).size() != length) {
        length = rest + std::to_string(length).size();
    }
    return fmt::format("{} {}={}\n", length, key, value);
}

} // namespace

std::string tar_header(const TarEntry& entry) {
    const std::string path = entry.path + (entry.type == TarType::Directory ? "/" : "");
    const auto name = ustar_name(path);
    const bool target_fits = entry.target.size() <= name_bytes_max && is_ascii(entry.target);
    std::string records;
    if (!target_fits) {
        records += pax_record("linkpath", entry.target);
    }
    if (!name) {
        records += pax_record("path", path);
    }
    if (entry.bytes > octal_size_max) {
        records += pax_record("size", std::to_string(entry.bytes));
    }
    std::string out;
    if (!records.empty()) {
        out += block_of({"", "././@PaxHeader"}, pax_type, 0644, records.size(), "");
        out += records;
        out.append(tar_padding_bytes(records.size()), '\0');
    }
    out += block_of(name.value_or(NameParts{"", "././@LongName"}), static_cast<char>(entry.type),
                    entry.mode, entry.bytes, target_fits ? std::string_view(entry.target) : "");
    return out;
}

} // namespace pedigree::imagebuild
