#include "net/http_client.h"

namespace pedigree::net {

PooledHttp::PooledHttp(HttpClientOptions options, std::size_t idle_clients_max)
    : options_(std::move(options)), idle_clients_max_(idle_clients_max) {}

Result<Response> PooledHttp::send(const Request& request, std::stop_token stop) {
    auto client = idle_.with([](auto& idle) -> std::unique_ptr<HttpClient> {
        if (idle.empty()) {
            return nullptr;
        }
        auto last = std::move(idle.back()); // the warmest connection
        idle.pop_back();
        return last;
    });
    if (!client) {
        client = std::make_unique<HttpClient>(options_);
    }
    auto response = client->send(request, std::move(stop));
    idle_.with([&](auto& idle) {
        if (idle.size() < idle_clients_max_) {
            idle.push_back(std::move(client));
        }
    });
    return response;
}

} // namespace pedigree::net
