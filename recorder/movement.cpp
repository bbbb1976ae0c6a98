#include "recorder/movement.h"

namespace pedigree::recorder {

Result<net::Response> MovementHttp::send(const net::Request& request, std::stop_token stop) {
    net::Request watched = request;
    if (request.body_source) {
        watched.body_source = [&](std::span<char> buffer) {
            movement_.note();
            return request.body_source(buffer);
        };
    }
    auto response = http_.send(watched, std::move(stop));
    if (response && response->ok()) {
        movement_.note();
    }
    return response;
}

} // namespace pedigree::recorder
