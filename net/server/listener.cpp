#include "net/server/listener.h"

#include <filesystem>
#include <optional>
#include <thread>

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>

#include "net/socket_address.h"
#include "net/thread_name.h"

namespace pedigree::net {
namespace {

namespace asio = boost::asio;

using Protocol = asio::generic::stream_protocol; // TCP and unix sockets alike
using Outcome = boost::system::error_code;

constexpr std::chrono::milliseconds accept_pause{100}; // after running out of descriptors

} // namespace

struct Listener::Sockets {
    Sockets() : acceptor(io), pause(io), work(io.get_executor()) {}

    Status listen(const HttpServerOptions& options);
    void accept();
    void on_accepted(Outcome outcome, Protocol::socket socket);

    asio::io_context io{1};
    asio::basic_socket_acceptor<Protocol> acceptor;
    asio::steady_timer pause;
    std::optional<asio::executor_work_guard<asio::io_context::executor_type>> work;
    std::function<void(Accepted)> accepted;
    std::uint16_t port = 0;
    std::thread thread;
};

Status Listener::Sockets::listen(const HttpServerOptions& options) {
    Outcome outcome;
    Protocol::endpoint endpoint;
    if (!options.unix_socket.empty()) {
        std::error_code ignored;
        std::filesystem::remove(options.unix_socket, ignored); // left by an earlier process
        endpoint = asio::local::stream_protocol::endpoint(options.unix_socket);
    } else {
        const auto address = asio::ip::make_address(options.address, outcome);
        endpoint = asio::ip::tcp::endpoint(address, options.port);
    }
    const auto attempt = [&](auto action) {
        if (!outcome) {
            action();
        }
    };
    attempt([&] { acceptor.open(endpoint.protocol(), outcome); });
    attempt([&] { acceptor.set_option(asio::socket_base::reuse_address(true), outcome); });
    attempt([&] { acceptor.bind(endpoint, outcome); });
    attempt([&] { acceptor.listen(asio::socket_base::max_listen_connections, outcome); });
    if (outcome) {
        return failure(ErrorCode::Unavailable,
                       fmt::format("cannot listen on {}: {}",
                                   options.unix_socket.empty()
                                       ? fmt::format("{}:{}", options.address, options.port)
                                       : options.unix_socket,
                                   outcome.message()));
    }
    if (const auto bound = acceptor.local_endpoint(outcome); !outcome) {
        port = socket_address(bound.data()).value_or(SocketAddress{}).port;
    }
    return {};
}

void Listener::Sockets::accept() {
    acceptor.async_accept([this](Outcome outcome, Protocol::socket socket) {
        on_accepted(outcome, std::move(socket));
    });
}

void Listener::Sockets::on_accepted(Outcome outcome, Protocol::socket socket) {
    if (!acceptor.is_open()) {
        return;
    }
    if (outcome) {
        pause.expires_after(accept_pause);
        return pause.async_wait([this](Outcome cancelled) {
            if (!cancelled) {
                accept();
            }
        });
    }
    accept();
    Outcome ignored;
    socket.set_option(asio::ip::tcp::no_delay(true), ignored);
    const auto remote = socket.remote_endpoint(ignored);
    const auto peer = socket_address(remote.data()).value_or(SocketAddress{});
    const int descriptor = socket.release(outcome);
    if (!outcome) {
        accepted({descriptor, peer.text});
    }
}

Listener::Listener(std::unique_ptr<Sockets> sockets) : sockets_(std::move(sockets)) {}

Result<std::unique_ptr<Listener>> Listener::bind(const HttpServerOptions& options) {
    auto sockets = std::make_unique<Sockets>();
    TRY(sockets->listen(options));
    return std::unique_ptr<Listener>(new Listener(std::move(sockets)));
}

Listener::~Listener() {
    end();
}

std::uint16_t Listener::port() const {
    return sockets_->port;
}

asio::io_context& Listener::io() {
    return sockets_->io;
}

void Listener::run(std::function<void(Accepted)> accepted) {
    sockets_->accepted = std::move(accepted);
    sockets_->accept();
    sockets_->thread = std::thread([sockets = sockets_.get()] {
        name_this_thread("http-io");
        sockets->io.run();
    });
}

void Listener::post(std::function<void()> work) {
    asio::post(sockets_->io, std::move(work));
}

void Listener::stop_accepting() {
    sockets_->acceptor.close();
    sockets_->pause.cancel();
}

void Listener::end() {
    if (!sockets_->thread.joinable()) {
        return;
    }
    sockets_->work.reset();
    post([sockets = sockets_.get()] { sockets->io.stop(); });
    sockets_->thread.join();
}

} // namespace pedigree::net
