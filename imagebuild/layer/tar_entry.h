#pragma once
// The bytes that stand before a file in a layer's tar (POSIX pax, "ustar Interchange Format"): one
// block of 512, or three where the name needs a PAX record.
//
//     0 name (100)  100 mode  108 uid  116 gid  124 size  136 mtime  148 checksum  156 type
//     157 link target (100)  257 "ustar\0" "00"  265 owner, group (empty)  329 devices (0)
//     345 prefix (155): the name's front, cut at a '/'
//
// A name that does not fit there, or is not ASCII, stands in the record "path=..." of a header of
// type 'x' before it. Owner 0:0 and time 0, so that the same entry gives the same bytes, always.
// Pure.

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
