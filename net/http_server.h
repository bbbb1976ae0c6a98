#pragma once
// HttpServer: HTTP/1.1 (RFC 9110, 9112) with or without TLS, over Boost.Beast (net/server). One
// thread does the input and output, a small pool runs the handlers, which may block. Request bodies
// of any size are pulled in pieces (Exchange::read), answers of any size are pushed (start, write):
// a proxy holds one buffer, never a body.
//
//     TRY(auto server, HttpServer::start({.port = 8080}, [](Exchange& exchange) {
//             (void)exchange.send({200, {{"Content-Type", "text/plain"}}, "hello\n"});
//         }));
//
// No client can hold what others need:
// - Each wait for a client is bounded in time, each head and body in bytes.
// - When there is no room for another connection, the one leaves that has waited longest for its
//   client, first of the address that holds most (net/server/crowd.h).
// - Bodies up to preload_bytes_max are read before the handler starts, whole answers and those in
//   steps (Exchange::in_steps) are written after it returned: a slow client then holds memory,
//   which answer_bytes_max bounds, but no handler thread. Only read() of a larger body and write()
//   outside of steps wait for the client in the handler.
// - Requests that find all handlers busy wait, above waiting_requests_max they get a 503.
//
// A connection that a refusal leaves half read is closed, after its answer was read or 2 s have
// passed.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/secret.h"
#include "net/http.h"

namespace pedigree::net {

struct ServerRequest {
    std::string method;
    std::string target; // as sent: path and query, percent-encoded
    std::string path;   // the part before '?'
    std::string query;  // the part after '?'
    Headers headers;
    std::optional<std::uint64_t> body_bytes; // Content-Length; empty: chunked
    std::string peer_address;                // numeric; empty on a unix socket
    // Subject CN of a client certificate that the configured client CA signed; else empty.
    std::string client_common_name;
};

// One request and its answer, as a handler sees them. Belongs to the handler's thread until the
// handler returns. An interface, so that handlers are tested without a socket.
class Exchange {
  public:
    virtual ~Exchange() = default;

    virtual const ServerRequest& request() const = 0;
    // The next bytes of the request body; 0 is the end. Timeout, TooLarge, Unavailable, Cancelled.
    virtual Result<std::size_t> read(std::span<char> buffer) = 0;

    // Answers with a whole body. The framing fields of an answer (Content-Length,
    // Transfer-Encoding, Connection, Keep-Alive) are the server's own; those given are dropped.
    virtual Status send(const Response& response) = 0;
    // Begins an answer whose body follows in pieces: of the given length, or chunked.
    virtual Status start(const Response& head, std::optional<std::uint64_t> body_bytes) = 0;
    // Unavailable: the client has gone. The answer ends when the handler returns.
    virtual Status write(std::string_view bytes) = 0;

    // Leaves the rest of the answer to steps: each is called once what the one before it wrote was
    // taken by the client, until one returns false. Meanwhile no thread waits. In a step as well as
    // in the handler after this call, write() keeps its bytes for the end of the turn instead of
    // waiting; a piece should be small (a MiB). What a step borrows has to outlive the server; it
    // runs on a pool thread and may block, but then keeps other steps waiting. Here, and in a fake:
    // the steps one after the other, at once.
    using Step = std::function<bool(Exchange&)>;
    virtual void in_steps(Step step);

    // Whose request this is, if its address does not tell (a proxy's): each such client may hold a
    // quarter of answer_bytes_max with answers that it does not read, or a single larger one. Else
    // the address counts. A fake may do nothing.
    virtual void on_behalf_of(const std::string& client) { (void)client; }

    // Breaks off a begun answer instead of ending it, so that the client does not take what it has
    // for the whole; what a proxy does when its own source fails. A fake may do nothing.
    virtual void abandon() {}

    // Stopped when the server stops; long answers end on it.
    virtual std::stop_token stop() const = 0;

    // The whole request body, at most bytes_max.
    Result<std::string> read_all(std::size_t bytes_max);
};

// Runs on a pool thread. Returning without an answer, or throwing before one, gives a 500; throwing
// later, or leaving a started answer short of its length, breaks the connection off.
using Handler = std::function<void(Exchange&)>;

struct ServerTls {
    std::string certificate_pem; // the chain, leaf first
    Secret key_pem;
    std::string client_ca_pem; // empty: no client certificate is asked for; else it is optional
};

struct HttpServerOptions {
    std::string address = "127.0.0.1"; // numeric
    std::uint16_t port = 0;            // 0: any free one, see HttpServer::port
    std::string unix_socket;           // path; used instead of address and port
    std::optional<ServerTls> tls;

    unsigned handler_threads = 4;
    std::size_t connections_max = 256;
    std::size_t connections_per_peer_max = 64; // of one address
    std::size_t waiting_requests_max = 64;
    std::uint32_t header_bytes_max = 64 * 1024;
    std::uint64_t body_bytes_max = 16 * 1024 * 1024;
    // Larger bodies, and chunked ones unless body_bytes_max is as small, are read by the handler.
    std::size_t preload_bytes_max = 64 * 1024;
    // Of all answers that wait for their clients, in memory; one more gets a 503. A client that has
    // such an answer already gets it at a quarter of this.
    std::size_t answer_bytes_max = 64 * 1024 * 1024;
    std::chrono::seconds header_time_max{15}; // from the first byte of a request, and for TLS
    std::chrono::seconds body_time_max{30};   // for a whole preloaded body
    std::chrono::seconds io_time_max{60};     // for a piece of a larger body, either way
    std::chrono::seconds idle_time_max{90};   // between requests on one connection
    std::chrono::seconds stop_time_max{10};   // for handlers that run when the server stops
};

class HttpServer {
  public:
    // Binds and serves at once. Unavailable: the address is taken; InvalidInput: bad certificate.
    static Result<std::unique_ptr<HttpServer>> start(HttpServerOptions options, Handler handler);
    ~HttpServer(); // stop()
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    std::uint16_t port() const;
    // New TLS connections use it from now on; existing ones go on.
    Status reload_tls(const ServerTls& tls);
    // Accepts nothing new, stops the token of running handlers, waits for them, closes. Idempotent.
    void stop();

  private:
    struct Service;
    explicit HttpServer(std::unique_ptr<Service> service);
    std::unique_ptr<Service> service_;
};

} // namespace pedigree::net
