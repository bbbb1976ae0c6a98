#pragma once
// A strict reader of ZIP archives for wheels. What two readers could understand differently is
// refused: names that occur twice or differ only in case, local headers that contradict the central
// directory, a file that is a folder as well, second names, bytes between or behind the members,
// several end records, encryption, methods other than stored and deflate, symlinks, paths that
// leave the root, bombs. Sizes are checked while a
// member is read: it must inflate to exactly its size with its CRC, from exactly its bytes.
//
// One ZipArchive holds one descriptor; several threads may read it. Memory is the central directory
// plus fixed buffers for each. Errors: Corrupt or TooLarge with reason WheelRefused,
// naming the archive and member.

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/descriptor.h"
#include "base/result.h"
#include "imagebuild/archive/inflate.h"

namespace pedigree::imagebuild {

struct ZipLimits {
    std::size_t members_max = 200'000;
    std::uint64_t unpacked_bytes_max = 16ull << 30;
    std::uint64_t ratio_max = 1200; // unpacked to packed; deflate itself reaches 1032
    // Of the whole archive; the wheels of TensorFlow's closure reach 8. Small ones may do what they
    // like.
    std::uint64_t whole_ratio_max = 200;
    std::uint64_t unpacked_bytes_free = 64ull << 20;
};

struct ZipMember {
    std::string name; // "a/b", never a directory
    std::uint32_t crc = 0;
    std::uint64_t packed_bytes = 0;
    std::uint64_t unpacked_bytes = 0;
    std::uint64_t data_offset = 0; // of the packed bytes in the file
    bool deflated = false;
    bool executable = false; // by the Unix mode in its attributes
};

class ZipArchive {
  public:
    static Result<ZipArchive> open(const std::filesystem::path& path, ZipLimits limits = {});

    const std::vector<ZipMember>& members() const { return members_; } // sorted by name
    const ZipMember* find(std::string_view name) const;

    // The unpacked bytes, verified.
    Status read(const ZipMember& member, const ByteSink& unpacked) const;
    // The same, and the packed bytes as they lie in the archive beside it. What was sunk before an
    // error must be thrown away.
    Status read(const ZipMember& member, const ByteSink& unpacked, const ByteSink& packed) const;
    Result<std::string> read_whole(const ZipMember& member, std::size_t bytes_max) const;

  private:
    ZipArchive(Descriptor file, std::string name)
        : file_(std::move(file)), name_(std::move(name)) {}

    Descriptor file_;
    std::string name_;
    std::vector<ZipMember> members_;
};

} // namespace pedigree::imagebuild
