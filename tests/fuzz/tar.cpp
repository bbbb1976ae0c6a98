// Layers of base images, as tar streams; and that what our writer names is what our reader reads.
#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "imagebuild/archive/tar_reader.h"
#include "imagebuild/inventory/inventory_scan.h"
#include "imagebuild/layer/layer_path.h"
#include "imagebuild/layer/tar_entry.h"
#include "tests/fuzz/targets.h"

namespace pedigree::fuzz {
namespace {

using namespace imagebuild;

constexpr std::size_t content_bytes_max = 64;

struct Seen : TarVisitor {
    std::string text; // of all items, to be compared
    std::vector<TarItem> items;

    std::size_t content_bytes_wanted(const TarItem&) override { return content_bytes_max; }
    Status take(const TarItem& item, std::string_view content) override {
        require(content.size() <= content_bytes_max);
        require(!item.path.empty() && item.path.front() != '/' && item.path.back() != '/');
        text += item.path + '\0' + item.target + '\0' + std::string(content) + '\0';
        items.push_back(item);
        return {};
    }
};

// Most of what is made at random would end at the first header's sum: it is put right.
std::string with_sums(std::string_view input) {
    std::string stream(input);
    for (std::size_t at = 0; at + tar_block_bytes <= stream.size(); at += tar_block_bytes) {
        if (stream.compare(at + 257, 5, "ustar") == 0) {
            std::fill_n(stream.begin() + static_cast<std::ptrdiff_t>(at) + 148, 8, ' ');
            unsigned sum = 0;
            for (std::size_t i = 0; i < tar_block_bytes; ++i) {
                sum += static_cast<unsigned char>(stream[at + i]);
            }
            stream.replace(at + 148, 7, fmt::format("{:06o}", sum) + '\0');
        }
    }
    return stream;
}

// Whether the stream was taken, and what was seen of it.
bool read_in_pieces(std::string_view stream, std::size_t piece_bytes, Seen& seen) {
    TarReader reader(seen);
    for (std::size_t at = 0; at < stream.size(); at += piece_bytes) {
        if (!reader.feed(stream.substr(at, piece_bytes))) {
            return false;
        }
    }
    return reader.finish().has_value();
}

void write_and_read(std::string_view path) {
    if (path.empty() || layer_path_problem(path)) {
        return;
    }
    Seen seen;
    const std::string header = tar_header({.path = std::string(path), .type = TarType::File});
    require(header.size() % tar_block_bytes == 0);
    require(read_in_pieces(header, header.size(), seen));
    require(seen.items.size() == 1 && seen.items.front().path == path);
}

} // namespace

void tar(std::string_view input) {
    const std::string stream = with_sums(input);
    Seen whole, pieces;
    const bool taken = read_in_pieces(stream, stream.size() + 1, whole);
    require(read_in_pieces(stream, 7, pieces) == taken && pieces.text == whole.text);
    InventoryScan scan;
    (void)TarReader(scan).feed(stream);
    write_and_read(input.substr(0, 600));
}

} // namespace pedigree::fuzz
