#include "cli/image/base_reading.h"

#include <fmt/format.h>

#include "base/file.h"
#include "imagebuild/inventory/base_image.h"

namespace pedigree::cli {

namespace {

constexpr std::size_t inventory_bytes_max = 64 * 1024 * 1024;

// What is there under the digest's name may be of an older version, or of another image.
std::optional<imagebuild::BaseInventory> kept_inventory(const std::filesystem::path& file,
                                                        const Digest& digest) {
    const auto text = read_file(file, inventory_bytes_max);
    auto kept = text ? imagebuild::parse_inventory(*text)
                     : Result<imagebuild::BaseInventory>(tl::unexpected(text.error()));
    const bool is_it = kept && kept->scanned &&
                       (kept->index_digest == digest.text() || sha256(kept->manifest) == digest);
    return is_it ? std::optional(*std::move(kept)) : std::nullopt;
}

} // namespace

Result<imagebuild::BaseInventory> read_base_inventory(const RegistryAccess& registries,
                                                      const spec::ImageReference& base,
                                                      const std::filesystem::path& cache,
                                                      Terminal& terminal) {
    const std::filesystem::path file = cache / "inventories" / (base.digest.hex() + ".json");
    if (!cache.empty()) {
        if (auto kept = kept_inventory(file, base.digest)) {
            return *std::move(kept);
        }
    }
    TRY(imagebuild::RegistryClient registry, registries.client(base));
    const auto progress = [&](std::size_t done, std::size_t total) {
        if (done == 0 || terminal.err_interactive) {
            terminal.err << fmt::format("Reading the base image's layers, {} of {}\n", done + 1,
                                        total)
                         << std::flush;
        }
    };
    TRY(auto inventory,
        imagebuild::read_base(registry, base.digest, imagebuild::BaseDepth::Layers, progress));
    if (!cache.empty()) {
        std::error_code problem;
        std::filesystem::create_directories(file.parent_path(), problem);
        if (const Status kept = write_file(file, imagebuild::inventory_text(inventory)); !kept) {
            terminal.err << "warning: the base will be read again next time: "
                         << printable(kept.error().message) << '\n';
        }
    }
    return inventory;
}

} // namespace pedigree::cli
