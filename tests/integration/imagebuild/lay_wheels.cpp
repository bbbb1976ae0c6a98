// Makes the layers of wheels as a build does, for a test that compares them with what pip installs:
// lay_wheels FORM PREFIX PYTHON FOLDER WHEEL... lays them for a virtual environment at PREFIX,
// writes the layers in the form "gzip" or "estargz" to FOLDER and prints of each its file name,
// digest and diff id, and of an eStargz the digest of its table of contents.
#include <cstdio>

#include <fmt/format.h>

#include "base/file.h"
#include "imagebuild/layers.h"

namespace pedigree::imagebuild {
namespace {

BaseInventory environment(std::string prefix, const std::string& python) {
    prefix.erase(0, prefix.find_first_not_of('/'));
    BaseInventory base;
    base.scheme = {.site = fmt::format("{}/lib/{}/site-packages", prefix, python),
                   .scripts = prefix + "/bin",
                   .headers = fmt::format("{}/include/site/{}", prefix, python),
                   .data = prefix,
                   .interpreter = fmt::format("/{}/bin/{}", prefix, python)};
    return base;
}

Status lay(const BaseInventory& base, const std::filesystem::path& folder,
           const std::vector<std::string>& files, LayerForm form) {
    auto wheels = std::make_shared<std::vector<Wheel>>();
    for (const std::string& file : files) {
        TRY(const Digest digest, digest_file(file));
        TRY(Wheel wheel, open_wheel(file, digest));
        wheels->push_back(std::move(wheel));
    }
    std::vector<std::string> warnings;
    TRY(const auto layers, plan_wheel_layers(wheels, base, form, warnings));
    for (std::size_t i = 0; i < layers.size(); ++i) {
        const std::string name = fmt::format("layer-{}", i);
        TRY(LayerWriter writer, LayerWriter::create(folder / name, form));
        TRY(layers[i].write(writer));
        TRY(const LayerDescriptor layer, writer.finish());
        fmt::print("{} {} {}", name, layer.digest.hex(), layer.diff_id.hex());
        if (layer.toc_digest) {
            fmt::print(" {}", layer.toc_digest->text());
        }
        fmt::print("\n");
    }
    return {};
}

} // namespace
} // namespace pedigree::imagebuild

int main(int argc, char** argv) {
    using namespace pedigree::imagebuild;
    const std::vector<std::string> words(argv + 1, argv + argc);
    if (words.size() < 5) {
        fmt::print(stderr, "usage: lay_wheels gzip|estargz PREFIX PYTHON FOLDER WHEEL...\n");
        return 2;
    }
    const auto laid =
        lay(environment(words[1], words[2]), words[3], {words.begin() + 4, words.end()},
            words[0] == "estargz" ? LayerForm::Estargz : LayerForm::Gzip);
    if (!laid) {
        fmt::print(stderr, "error: {}\n", laid.error().message);
        return 1;
    }
    return 0;
}
