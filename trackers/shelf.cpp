#include "trackers/shelf.h"

namespace pedigree::trackers {
namespace {

constexpr std::size_t shelf_piece_bytes = 64 * 1024;

} // namespace

Result<Shelved> take_body(Shelf& shelf, net::Exchange& exchange, const std::string& path) {
    const auto file = shelf.begin(path);
    std::string buffer(shelf_piece_bytes, '\0');
    while (true) {
        TRY(const std::size_t count, exchange.read(buffer));
        if (count == 0) {
            return file->keep();
        }
        file->write(std::string_view(buffer).substr(0, count));
    }
}

} // namespace pedigree::trackers
