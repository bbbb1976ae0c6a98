#include "trackers/call.h"

#include <utility>

namespace pedigree::trackers {
namespace {

constexpr std::size_t call_piece_bytes = 64 * 1024;

} // namespace

Result<CallBody> read_call(net::Exchange& exchange) {
    CallBody body;
    std::string buffer(call_piece_bytes, '\0');
    while (true) {
        TRY(const std::size_t count, exchange.read(buffer));
        if (count == 0) {
            return body;
        }
        if (body.text.size() + count > call_bytes_max) {
            body = {"", Body::Cut};
        }
        if (body.state == Body::Whole) {
            body.text.append(buffer, 0, count);
        }
    }
}

void send_json(net::Exchange& exchange, int status, std::string body) {
    (void)exchange.send({status, {{"Content-Type", "application/json"}}, std::move(body)});
}

} // namespace pedigree::trackers
