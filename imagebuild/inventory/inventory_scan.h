#pragma once
// Takes the layers of a base image, bottom to top, and finds its Python and what is installed.
// Pure but for its memory, which is bounded by entries_max and taken_bytes_max; the caller streams
// and verifies layers.

#include <cstdint>
#include <map>
#include <string>

#include "base/json.h"
#include "imagebuild/archive/tar_reader.h"
#include "imagebuild/inventory/inventory.h"

namespace pedigree::imagebuild {

class InventoryScan final : public TarVisitor {
  public:
    static constexpr std::size_t entries_max = 400'000;
    static constexpr std::size_t taken_bytes_max = 128ull << 20; // of paths and texts, all layers

    // The following items belong to the next layer.
    void begin_layer() { ++layer_; }
    std::size_t content_bytes_wanted(const TarItem& item) override;
    Status take(const TarItem& item, std::string_view content) override;

    // Fills in all but the documents; `config` is the image's configuration. A base without Python
    // is no error: has_python stays false.
    Result<BaseInventory> finish(const Json& config) const;

  private:
    struct Entry {
        TarItemType type = TarItemType::File;
        std::string text; // a symlink's target, or the part of a file's content that is needed
        int layer = 0;
    };
    void remove_below(const std::string& path);
    std::string resolved(std::string path) const;
    bool exists(const std::string& path) const { return entries_.contains(resolved(path)); }
    std::string find_interpreter(const Json& config) const;
    InstallScheme scheme_of(const std::string& interpreter, int minor) const;
    void find_distributions(BaseInventory& inventory) const;
    void find_directories(BaseInventory& inventory) const;
    int glibc_minor() const;

    std::map<std::string, Entry> entries_;
    int layer_ = 0;
    std::size_t taken_bytes_ = 0;
};

} // namespace pedigree::imagebuild
