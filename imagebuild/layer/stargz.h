#pragma once
// What makes a layer an eStargz: a table of contents as its last file, which says of each file at
// which offset of the gzip file a member begins that holds its bytes, and their digest; and a
// footer that says where the table is. containerd's stargz snapshotter mounts such a layer before
// it has fetched all of it; to everybody else it is a layer with two more files. Each file that the
// table names begins a gzip member of its own, so that it unpacks without what lies before it; the
// footer is an empty member whose extra field holds the table's offset, as 16 hexadecimal digits
// and "STARGZ". Pure.
// Format: the page "eStargz" of github.com/containerd/stargz-snapshotter; version 1.

#include <string>
#include <vector>

#include "base/digest.h"
#include "imagebuild/layer/tar_entry.h"

namespace pedigree::imagebuild {

constexpr const char* stargz_table_path = "stargz.index.json";
// Says that nothing is worth fetching ahead; the first file of a layer.
constexpr const char* stargz_landmark_path = ".no.prefetch.landmark";
constexpr std::string_view stargz_landmark("\x0f");

class StargzTable {
  public:
    void add(const TarEntry& entry);
    // Of the file added last, which is not empty: where the member with its bytes begins.
    void place(std::uint64_t offset, const Digest& content);
    std::string text() const;

  private:
    struct Row {
        TarEntry entry;
        std::uint64_t offset = 0; // 0: no bytes
        Digest content;
    };
    std::vector<Row> rows_;
};

// An empty gzip member of 51 bytes, the end of the gzip file.
std::string stargz_footer(std::uint64_t table_offset);

} // namespace pedigree::imagebuild
