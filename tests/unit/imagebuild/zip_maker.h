#pragma once
// Makes ZIP archives for tests, byte by byte, so that each rule of the strict reader can be broken
// alone. make_wheel adds the tables that a wheel needs.

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace pedigree::imagebuild {

struct MadeMember {
    std::string name, bytes;
    unsigned mode = 0100644;
    bool stored = false;
    // Deviations.
    std::string local_name;       // empty: as in the directory
    std::string raw;              // packed bytes instead of the true ones
    std::uint32_t crc_change = 0; // xor
    std::uint32_t size_change = 0;
    std::uint16_t flags = 0, method_change = 0;
    std::string before;      // bytes in front of its local header
    std::string extra;       // fields, in the directory alone
    std::string local_extra; // fields, in the local header alone
};

struct MadeZip {
    std::vector<MadeMember> members;
    std::string before_end, behind_end, comment;
};

std::string little_endian(std::uint64_t value, int bytes);

std::string zip_bytes(const MadeZip& zip);

// Members of a wheel without its RECORD, which is added with true hashes.
MadeZip wheel_zip(const std::string& name, const std::string& version,
                  std::vector<MadeMember> members, const std::string& entry_points = "");

// Writes the file and gives its path.
std::filesystem::path write_zip(const std::filesystem::path& directory,
                                const std::string& file_name, const MadeZip& zip);

} // namespace pedigree::imagebuild
