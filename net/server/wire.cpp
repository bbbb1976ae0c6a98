#include "net/server/wire.h"

#include <array>

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

#include <sys/socket.h>

#include "base/owned.h"

namespace pedigree::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;

using Protocol = asio::generic::stream_protocol; // TCP and unix sockets alike
using Plain = beast::basic_stream<Protocol>;
using Tls = beast::ssl_stream<Plain>;
using Outcome = boost::system::error_code;

std::error_code standard(Outcome outcome) {
    return outcome == beast::error::timeout ? std::make_error_code(std::errc::timed_out)
                                            : static_cast<std::error_code>(outcome);
}

auto told(Done done) {
    return [done = std::move(done)](Outcome outcome, std::size_t count) {
        done(standard(outcome), count);
    };
}

template <typename Stream>
class WireOver final : public Wire {
  public:
    explicit WireOver(Protocol::socket socket) : stream_(std::move(socket)) {}
    WireOver(Protocol::socket socket, std::shared_ptr<asio::ssl::context> context)
        : context_(std::move(context)), stream_(std::move(socket), *context_) {}

    void handshake(Done done) override {
        if constexpr (std::is_same_v<Stream, Tls>) {
            stream_.async_handshake(
                asio::ssl::stream_base::server,
                [done = std::move(done)](Outcome outcome) { done(standard(outcome), 0); });
        } else {
            done({}, 0);
        }
    }
    void read(std::span<char> room, Done done) override {
        stream_.async_read_some(asio::buffer(room.data(), room.size()), told(std::move(done)));
    }
    void write(std::vector<std::string_view> pieces, Done done) override {
        std::vector<asio::const_buffer> buffers;
        buffers.reserve(pieces.size());
        for (const std::string_view piece : pieces) {
            buffers.push_back(asio::buffer(piece));
        }
        asio::async_write(stream_, std::move(buffers), told(std::move(done)));
    }
    void limit(std::chrono::milliseconds time) override {
        beast::get_lowest_layer(stream_).expires_after(time);
    }
    void end_writing() override {
        Outcome ignored;
        beast::get_lowest_layer(stream_).socket().shutdown(Protocol::socket::shutdown_send,
                                                           ignored);
    }
    void close() override { beast::get_lowest_layer(stream_).close(); }
    std::string client_common_name() override {
        if constexpr (std::is_same_v<Stream, Tls>) {
            return verified_common_name(stream_.native_handle());
        } else {
            return {};
        }
    }

  private:
    static std::string verified_common_name(SSL* ssl) {
        const Owned<X509, X509_free> certificate(SSL_get1_peer_certificate(ssl));
        if (!certificate || SSL_get_verify_result(ssl) != X509_V_OK) {
            return {};
        }
        std::array<char, 256> name{};
        const int length =
            X509_NAME_get_text_by_NID(X509_get_subject_name(certificate.get()), NID_commonName,
                                      name.data(), static_cast<int>(name.size()));
        return length > 0 ? std::string(name.data(), static_cast<std::size_t>(length)) : "";
    }

    std::shared_ptr<asio::ssl::context> context_; // outlives the stream below
    Stream stream_;
};

int family_of(int descriptor) {
    int family = AF_UNSPEC;
    socklen_t length = sizeof family;
    getsockopt(descriptor, SOL_SOCKET, SO_DOMAIN, &family, &length);
    return family;
}

} // namespace

std::unique_ptr<Wire> make_wire(asio::io_context& io, int descriptor,
                                std::shared_ptr<asio::ssl::context> tls) {
    Protocol::socket socket(io, Protocol(family_of(descriptor), 0), descriptor);
    if (tls) {
        return std::make_unique<WireOver<Tls>>(std::move(socket), std::move(tls));
    }
    return std::make_unique<WireOver<Plain>>(std::move(socket));
}

} // namespace pedigree::net
