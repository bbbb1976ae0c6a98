#include "imagebuild/documents.h"
#include "imagebuild/inventory/inventory_scan.h"
#include "tests/fuzz/targets.h"

#include <nlohmann/json.hpp>

namespace pedigree::fuzz {

void manifest(std::string_view input) {
    using namespace imagebuild;
    constexpr std::string_view line = "\n=\n";
    const std::size_t end = std::min(input.find(line), input.size());
    const std::string text(input.substr(0, end));
    const std::string config(end < input.size() ? input.substr(end + line.size()) : "{}");
    const Manifest base{text, "", sha256(text)};
    (void)config_digest(text);
    const auto platform = choose_platform(base, "amd64");
    const auto layers = base_layers(text);
    if (layers) {
        require(layers->size() <= 120);
    }
    const auto made = compose_image(base, config, {{LayerDescriptor{}, "code"}}, {{"a", "b"}});
    if (made) {
        const auto again = base_layers(made->manifest.bytes);
        require(layers && again && again->size() == layers->size() + 1);
        require(platform && !*platform);
    }
    if (const auto document = parse_json(config)) {
        (void)InventoryScan().finish(*document);
    }
}

} // namespace pedigree::fuzz
