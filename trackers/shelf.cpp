#include "trackers/shelf.h"

#include "trackers/call.h"

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

void send_shelved(Shelf& shelf, net::Exchange& exchange, const std::string& path) {
    const auto shelved = shelf.find(path);
    if (!shelved) {
        return send_json(exchange, 404, "{}");
    }
    bool begun = false;
    const auto begin = [&] {
        begun = true;
        return exchange.start({200, {{"Content-Type", "application/octet-stream"}}, ""},
                              shelved->bytes);
    };
    const bool is_asked_for_bytes = exchange.request().method != "HEAD" && shelved->bytes > 0;
    const auto sink = [&](std::string_view piece) -> Status {
        if (!begun) {
            TRY(begin());
        }
        return exchange.write(piece);
    };
    const Status sent =
        is_asked_for_bytes ? shelf.read(path, *shelved, sink, exchange.stop()) : begin();
    if (!sent && begun) {
        exchange.abandon(); // never a part for the whole
    } else if (!sent) {
        send_json(exchange, sent.error().code == ErrorCode::NotFound ? 404 : 503, "{}");
    }
}

} // namespace pedigree::trackers
