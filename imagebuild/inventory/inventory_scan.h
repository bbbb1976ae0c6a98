#pragma once
// Takes the layers of a base image, bottom to top, and finds its Python and what is installed: as
// the kernel would start it, and as that Python would find its packages. Pure but for its memory,
// which is bounded (base_files.h); the caller streams and verifies layers.
//
//     InventoryScan scan;
//     for (layer of the base) scan.begin_layer(), TarReader(scan).feed(...)
//     if (!scan.unread().empty()) ... // the same once more with InventoryScan(scan.unread())
//     TRY(BaseInventory inventory, scan.finish(config));

#include <map>
#include <string>

#include "base/json.h"
#include "imagebuild/archive/tar_reader.h"
#include "imagebuild/inventory/base_files.h"
#include "imagebuild/inventory/inventory.h"

namespace pedigree::imagebuild {

class InventoryScan final : public TarVisitor {
  public:
    // `hidden`: files whose content counts under another name than their own, by path.
    explicit InventoryScan(std::map<std::string, std::string> hidden = {})
        : hidden_(std::move(hidden)) {}

    // The following items belong to the next layer.
    void begin_layer() { files_.begin_layer(); }
    std::size_t content_bytes_wanted(const TarItem& item) override;
    Status take(const TarItem& item, std::string_view content) override;

    // Files that hard links named, whose content went by unread.
    const std::map<std::string, std::string>& unread() const { return files_.unknown(); }

    // Fills in all but the documents; `config` is the image's configuration. A base without Python
    // is no error: has_python stays false.
    Result<BaseInventory> finish(const Json& config) const;

  private:
    const std::string& counts_as(const TarItem& item) const;
    void find_distributions(BaseInventory& inventory) const;
    void find_places(BaseInventory& inventory) const;
    int glibc_minor() const;

    const std::map<std::string, std::string> hidden_;
    BaseFiles files_;
};

} // namespace pedigree::imagebuild
