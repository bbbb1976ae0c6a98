#pragma once
// The files of a base image as its layers leave them (OCI image-spec, layer.md): what a later layer
// replaces or whites out is gone, and so is all below a folder that became something else; a hard
// link is another name of the file it points to, whatever becomes of the other name; a path is
// followed through symlinks as the kernel does, never above the root.
//
// Holds what its caller chooses to keep, bounded by entries_max and taken_bytes_max over all
// layers. Pure; one thread.

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "imagebuild/archive/tar_reader.h"

namespace pedigree::imagebuild {

class BaseFiles {
  public:
    static constexpr std::size_t entries_max = 400'000;
    static constexpr std::size_t taken_bytes_max = 128ull << 20; // of paths and texts, all layers

    struct Entry {
        TarItemType type = TarItemType::File; // never HardLink
        std::string text;                     // a symlink's target, or what is known of a file
        std::string inode;                    // of a file: the path that its names have in common
        unsigned mode = 0755;
        int layer = 0;
    };

    // The following items belong to the next layer.
    void begin_layer() { ++layer_; }
    // All items in the layer's order, whiteouts too; of those that are not kept only what they
    // remove is noted. `text` is what is known of a file's content.
    Status take(const TarItem& item, bool keep, std::string text);

    // By the file's path, the name of a kept hard link to it, whose content nobody has kept: its
    // layer has to be read again. Empty: all are known.
    const std::map<std::string, std::string>& unknown() const { return unknown_; }

    const std::map<std::string, Entry>& all() const { return entries_; }
    // At this very path; null: nothing is known there.
    const Entry* at(const std::string& path) const;
    // The path with every symlink on its way followed, without '/' at the front.
    std::string resolved(std::string path) const;
    bool exists(const std::string& path) const { return at(resolved(path)) != nullptr; }
    // The first folder on the way to `path` that only its owner and group may enter, or nothing.
    std::string closed_folder(const std::string& path) const;

  private:
    void white_out(const std::string& folder, std::string_view name);
    void remove(const std::string& path);
    void remove_below(const std::string& path);
    Entry linked(const TarItem& item);

    std::map<std::string, Entry> entries_; // by path
    std::map<std::string, std::string> unknown_;
    int layer_ = 0;
    std::size_t taken_bytes_ = 0;
};

// "a/b" -> "a", "a" -> "".
std::string folder_of(std::string_view path);
std::string_view file_name(std::string_view path);

} // namespace pedigree::imagebuild
