#include "net/http_server.h"

#include <array>
#include <atomic>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "net/server/connection.h"
#include "net/server/tls_context.h"
#include "net/thread_name.h"

namespace pedigree::net {

struct HttpServer::Service {
    Service(HttpServerOptions options, Handler handler, std::unique_ptr<Listener> listener)
        : core(std::move(options), std::move(handler), std::move(listener)) {}

    Status use_tls(const ServerTls& pem);
    void run();
    void on_accepted(Accepted accepted);
    void stop();

    Core core;
    Sync<std::shared_ptr<boost::asio::ssl::context>> tls;
    std::vector<std::thread> handlers;
    std::atomic<bool> stopped{false};
};

Status HttpServer::Service::use_tls(const ServerTls& pem) {
    TRY(auto context, tls_context(pem));
    *tls.lock() = std::move(context);
    return {};
}

void HttpServer::Service::run() {
    core.listener->run([this](Accepted accepted) { on_accepted(std::move(accepted)); });
    for (unsigned i = 0; i < core.options.handler_threads; ++i) {
        handlers.emplace_back([this, i] {
            name_this_thread(fmt::format("http-{}", i));
            while (const auto turn = core.waiting.next()) {
                turn->connection->serve(turn->kind);
                core.waiting.done(turn->kind);
            }
        });
    }
}

void HttpServer::Service::on_accepted(Accepted accepted) {
    auto wire = make_wire(core.listener->io(), accepted.descriptor, *tls.lock());
    core.add(std::move(wire), accepted.peer_address);
}

void HttpServer::Service::stop() {
    if (stopped.exchange(true)) {
        return;
    }
    core.stop.request_stop();
    core.listener->post([this] {
        core.listener->stop_accepting();
        core.close(Core::Which::Idle);
    });
    core.waiting.close(); // what waits is still answered
    {
        auto count = core.connection_count.lock();
        count.wait_for(core.connection_ended, core.options.stop_time_max,
                       [&] { return *count == 0; });
    }
    core.listener->post([this] { core.close(Core::Which::All); });
    for (auto& handler : handlers) {
        handler.join();
    }
    core.listener->end();
    core.connections.clear();
}

Result<std::unique_ptr<HttpServer>> HttpServer::start(HttpServerOptions options, Handler handler) {
    TRY(auto listener, Listener::bind(options));
    auto service =
        std::make_unique<Service>(std::move(options), std::move(handler), std::move(listener));
    if (const auto& tls = service->core.options.tls) {
        TRY(service->use_tls(*tls));
    }
    service->run();
    return std::unique_ptr<HttpServer>(new HttpServer(std::move(service)));
}

HttpServer::HttpServer(std::unique_ptr<Service> service) : service_(std::move(service)) {}

HttpServer::~HttpServer() {
    stop();
}

std::uint16_t HttpServer::port() const {
    return service_->core.listener->port();
}

Status HttpServer::reload_tls(const ServerTls& tls) {
    return service_->use_tls(tls);
}

void HttpServer::stop() {
    service_->stop();
}

void Exchange::in_steps(Step step) {
    while (step(*this)) {
    }
}

Result<std::string> Exchange::read_all(std::size_t bytes_max) {
    std::string out;
    std::array<char, 16 * 1024> piece;
    for (;;) {
        TRY(const auto count, read(piece));
        if (count == 0) {
            return out;
        }
        if (out.size() + count > bytes_max) {
            return failure(ErrorCode::TooLarge,
                           fmt::format("the request's body is larger than {} bytes", bytes_max));
        }
        out.append(piece.data(), count);
    }
}

} // namespace pedigree::net
