#pragma once
// The bytes that stand before a file in a layer's tar: ustar where the name fits, a PAX record for
// longer or non-ASCII names; owner 0:0, time 0, no names of owners, no devices. The same entry
// gives the same bytes, always. Pure.

#include <cstdint>
#include <string>
#include <string_view>

namespace pedigree::imagebuild {

constexpr std::size_t tar_block_bytes = 512;

enum class TarType : char { File = '0', Symlink = '2', Directory = '5' };

struct TarEntry {
    std::string path; // relative, no '/' at the end
    TarType type = TarType::File;
    unsigned mode = 0644;
    std::uint64_t bytes = 0;
    std::string target; // of a symlink
};

std::string tar_header(const TarEntry& entry);

// Zeros that fill the file's last block.
constexpr std::size_t tar_padding_bytes(std::uint64_t file_bytes) {
    return static_cast<std::size_t>((tar_block_bytes - file_bytes % tar_block_bytes) %
                                    tar_block_bytes);
}

} // namespace pedigree::imagebuild
