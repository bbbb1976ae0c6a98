#include "net/http_server.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <semaphore>
#include <set>
#include <thread>
#include <vector>

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <fmt/format.h>

#include "base/bounded_queue.h"
#include "base/log.h"
#include "base/owned.h"
#include "base/sync.h"
#include "net/answer_head.h"
#include "net/socket_address.h"
#include "net/thread_name.h"

namespace pedigree::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

using Protocol = asio::generic::stream_protocol; // TCP and unix sockets alike
using Plain = beast::basic_stream<Protocol>;
using Tls = beast::ssl_stream<Plain>;
using Outcome = boost::system::error_code;
using Done = std::function<void(Outcome, std::size_t)>;
using Buffers = std::vector<asio::const_buffer>;

constexpr std::size_t head_piece_bytes = 8 * 1024;
// Of a body too large to be preloaded. Each piece costs two changes of thread and a send to whoever
// it is passed on to.
constexpr std::size_t read_piece_bytes = 512 * 1024;
constexpr std::size_t preload_bytes_max = 64 * 1024; // bodies read before the handler starts; idle
                                                     // connections hold no more
constexpr std::size_t deferred_bytes_max = 256 * 1024; // answers written after the handler returned
constexpr std::chrono::seconds linger_time_max{2};
constexpr std::chrono::milliseconds accept_pause{100}; // after running out of descriptors

// The bytes of one accepted connection. Used on the io thread only; each operation ends within the
// last limit set.
class Wire {
  public:
    virtual ~Wire() = default;
    virtual void handshake(Done done) = 0;
    virtual void read(asio::mutable_buffer room, Done done) = 0;
    virtual void write(Buffers buffers, Done done) = 0;
    virtual void limit(std::chrono::milliseconds time) = 0;
    virtual void end_writing() = 0;
    virtual void close() = 0;
    virtual std::string client_common_name() = 0;
};

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
                [done = std::move(done)](Outcome outcome) { done(outcome, 0); });
        } else {
            done({}, 0);
        }
    }
    void read(asio::mutable_buffer room, Done done) override {
        stream_.async_read_some(room, std::move(done));
    }
    void write(Buffers buffers, Done done) override {
        asio::async_write(stream_, std::move(buffers), std::move(done));
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

class Connection;

// What the connections of one server share.
struct Core {
    explicit Core(HttpServerOptions given, Handler answer)
        : options(std::move(given)), handler(std::move(answer)),
          waiting(options.waiting_requests_max) {}

    const HttpServerOptions options;
    const Handler handler;
    asio::io_context io{1};
    BoundedQueue<std::shared_ptr<Connection>> waiting; // for a handler thread
    std::stop_source stop;
    std::set<std::shared_ptr<Connection>> connections; // io thread only
    Sync<std::size_t> connection_count{0};
    std::condition_variable connection_ended;

    void add(std::shared_ptr<Connection> connection);
    void forget(const std::shared_ptr<Connection>& connection);
};

// One client: reads a request on the io thread, lends itself to a handler thread as the Exchange,
// writes what is left of the answer, begins again. Never on two threads at once: the handler thread
// waits while the io thread works for it.
class Connection final : public Exchange, public std::enable_shared_from_this<Connection> {
  public:
    Connection(Core& core, std::unique_ptr<Wire> wire, std::string peer)
        : core_(core), wire_(std::move(wire)), peer_(std::move(peer)) {}

    // io thread
    void begin();
    void close_if_idle();
    void close();

    // handler thread
    void serve();
    const ServerRequest& request() const override { return request_; }
    Result<std::size_t> read(std::span<char> buffer) override;
    Status send(const Response& response) override;
    Status start(const Response& head, std::optional<std::uint64_t> body_bytes) override;
    Status write(std::string_view bytes) override;
    void abandon() override { abandoned_ = true; }
    std::stop_token stop() const override { return core_.stop.get_token(); }

  private:
    using Parser = http::request_parser<http::buffer_body>;

    // io thread
    void next_request();
    void parse_head();
    void read_head_bytes();
    void on_head();
    void preload();
    void dispatch();
    void refuse(int status, std::string_view why);
    void write_tail();
    void after_answer(Outcome outcome);
    void linger();
    void discard();
    Done then(void (Connection::*next)());

    // handler thread
    Status fill();
    Status write_now(Buffers buffers);
    std::pair<Outcome, std::size_t> wait(const std::function<void(Done)>& begin);
    void finish();
    bool body_complete() const { return parser_->is_done(); }

    Core& core_;
    std::unique_ptr<Wire> wire_;
    const std::string peer_;
    std::string common_name_;
    beast::flat_buffer buffer_;
    std::optional<Parser> parser_;
    ServerRequest request_;
    std::string preloaded_;
    std::size_t preloaded_taken_ = 0;
    bool busy_ = false; // between the head of a request and the end of its answer

    bool expects_continue_ = false;
    bool started_ = false;
    bool close_after_ = false;
    bool abandoned_ = false;
    AnswerFraming framing_;
    std::uint64_t left_ = 0; // bytes of a sized body that are still to be written
    std::string tail_;       // of the answer, written when the handler has returned
};

void Core::add(std::shared_ptr<Connection> connection) {
    connection_count.with([](auto& count) { ++count; });
    connections.insert(connection);
    connection->begin();
}

void Core::forget(const std::shared_ptr<Connection>& connection) {
    if (connections.erase(connection) > 0) {
        connection_count.with([](auto& count) { --count; });
        connection_ended.notify_all();
    }
}

Done Connection::then(void (Connection::*next)()) {
    return [self = shared_from_this(), next](Outcome outcome, std::size_t) {
        outcome ? self->close() : ((*self).*next)();
    };
}

void Connection::begin() {
    wire_->limit(core_.options.header_time_max);
    wire_->handshake([self = shared_from_this()](Outcome outcome, std::size_t) {
        if (outcome) {
            return self->close();
        }
        self->common_name_ = self->wire_->client_common_name();
        self->next_request();
    });
}

void Connection::close() {
    wire_->close();
    core_.forget(shared_from_this());
}

void Connection::close_if_idle() {
    if (!busy_) {
        close();
    }
}

void Connection::next_request() {
    busy_ = false;
    if (core_.stop.stop_requested()) {
        return close();
    }
    parser_.emplace();
    parser_->header_limit(core_.options.header_bytes_max);
    parser_->body_limit(core_.options.body_bytes_max);
    started_ = close_after_ = abandoned_ = expects_continue_ = false;
    preloaded_.clear();
    preloaded_taken_ = 0;
    tail_.clear();
    if (buffer_.size() > 0) {
        wire_->limit(core_.options.header_time_max);
        return parse_head();
    }
    if (buffer_.capacity() > preload_bytes_max) {
        buffer_.shrink_to_fit();
    }
    wire_->limit(core_.options.idle_time_max);
    wire_->read(buffer_.prepare(head_piece_bytes),
                [self = shared_from_this()](Outcome outcome, std::size_t count) {
                    if (outcome) {
                        return self->close();
                    }
                    self->buffer_.commit(count);
                    self->wire_->limit(self->core_.options.header_time_max);
                    self->parse_head();
                });
}

void Connection::parse_head() {
    busy_ = true;
    Outcome outcome;
    buffer_.consume(parser_->put(buffer_.data(), outcome));
    if (parser_->is_header_done()) {
        return on_head();
    }
    if (!outcome || outcome == http::error::need_more) {
        return read_head_bytes();
    }
    const bool too_large = outcome == http::error::header_limit;
    refuse(too_large ? 431 : outcome == http::error::body_limit ? 413 : 400, outcome.message());
}

void Connection::read_head_bytes() {
    wire_->read(buffer_.prepare(head_piece_bytes),
                [self = shared_from_this()](Outcome outcome, std::size_t count) {
                    if (outcome) {
                        return self->close();
                    }
                    self->buffer_.commit(count);
                    self->parse_head();
                });
}

void Connection::on_head() {
    const auto& head = parser_->get();
    request_ = {};
    request_.method = std::string(head.method_string());
    request_.target = std::string(head.target());
    const auto question = request_.target.find('?');
    request_.path = request_.target.substr(0, question);
    request_.query = question == std::string::npos ? "" : request_.target.substr(question + 1);
    for (const auto& field : head) {
        request_.headers.add(std::string(field.name_string()), std::string(field.value()));
    }
    request_.peer_address = peer_;
    request_.client_common_name = common_name_;
    if (const auto length = parser_->content_length()) {
        request_.body_bytes = *length;
    } else if (!parser_->chunked()) {
        request_.body_bytes = 0;
    }
    expects_continue_ =
        equal_ignoring_case(request_.headers.value_or("Expect", ""), "100-continue");
    close_after_ = !head.keep_alive();
    parser_->eager(true);
    const bool small = request_.body_bytes && *request_.body_bytes <= preload_bytes_max;
    if (!small || expects_continue_ || body_complete()) {
        return dispatch();
    }
    preloaded_.resize(*request_.body_bytes);
    auto& body = parser_->get().body();
    body.data = preloaded_.data();
    body.size = preloaded_.size();
    preload();
}

void Connection::preload() {
    if (buffer_.size() > 0) {
        Outcome outcome;
        buffer_.consume(parser_->put(buffer_.data(), outcome));
        if (outcome && outcome != http::error::need_more && outcome != http::error::need_buffer) {
            return refuse(400, outcome.message());
        }
    }
    if (body_complete()) {
        return dispatch();
    }
    wire_->limit(core_.options.io_time_max);
    wire_->read(buffer_.prepare(preload_bytes_max),
                [self = shared_from_this()](Outcome outcome, std::size_t count) {
                    if (outcome) {
                        return self->close();
                    }
                    self->buffer_.commit(count);
                    self->preload();
                });
}

void Connection::dispatch() {
    if (!core_.waiting.try_push(shared_from_this())) {
        refuse(503, "all handlers are busy; try again");
    }
}

void Connection::refuse(int status, std::string_view why) {
    close_after_ = true;
    Response answer{status, {{"Content-Type", "text/plain"}}, std::string(why) + "\n"};
    if (status == 503) {
        answer.headers.add("Retry-After", "1");
    }
    tail_ = answer_head(answer, {AnswerBody::Sized, answer.body.size(), AfterAnswer::Close}) +
            answer.body;
    write_tail();
}

void Connection::write_tail() {
    if (tail_.empty()) {
        return after_answer({});
    }
    wire_->limit(core_.options.io_time_max);
    wire_->write({asio::buffer(tail_)}, [self = shared_from_this()](Outcome outcome, std::size_t) {
        self->after_answer(outcome);
    });
}

void Connection::after_answer(Outcome outcome) {
    if (outcome) {
        return close();
    }
    close_after_ ? linger() : next_request();
}

// Closing with unread bytes would reset the connection and might destroy the answer on its way.
void Connection::linger() {
    wire_->end_writing();
    wire_->limit(linger_time_max);
    discard();
}

void Connection::discard() {
    buffer_.clear();
    wire_->read(buffer_.prepare(preload_bytes_max), then(&Connection::discard));
}

std::pair<Outcome, std::size_t> Connection::wait(const std::function<void(Done)>& begin) {
    std::binary_semaphore done(0);
    std::pair<Outcome, std::size_t> result;
    asio::post(core_.io, [&] {
        wire_->limit(core_.options.io_time_max);
        begin([&](Outcome outcome, std::size_t count) {
            result = {outcome, count};
            done.release();
        });
    });
    done.acquire();
    return result;
}

Status Connection::fill() {
    const auto [outcome, count] =
        wait([&](Done done) { wire_->read(buffer_.prepare(read_piece_bytes), std::move(done)); });
    if (!outcome) {
        buffer_.commit(count);
        return {};
    }
    if (core_.stop.stop_requested()) {
        return failure(ErrorCode::Cancelled, "the server stops");
    }
    return failure(outcome == beast::error::timeout ? ErrorCode::Timeout : ErrorCode::Unavailable,
                   fmt::format("reading the request's body: {}", outcome.message()));
}

Result<std::size_t> Connection::read(std::span<char> buffer) {
    if (preloaded_taken_ < preloaded_.size()) {
        const auto count = std::min(buffer.size(), preloaded_.size() - preloaded_taken_);
        std::copy_n(preloaded_.data() + preloaded_taken_, count, buffer.data());
        preloaded_taken_ += count;
        return count;
    }
    while (!body_complete()) {
        if (expects_continue_) {
            expects_continue_ = false;
            constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
            TRY(write_now({asio::buffer(go_on)}));
        }
        auto& body = parser_->get().body();
        body.data = buffer.data();
        body.size = buffer.size();
        Outcome outcome = http::error::need_more;
        if (buffer_.size() > 0) {
            buffer_.consume(parser_->put(buffer_.data(), outcome));
        }
        if (outcome == http::error::body_limit) {
            return failure(ErrorCode::TooLarge, fmt::format("the request's body is larger than {} "
                                                            "bytes",
                                                            core_.options.body_bytes_max));
        }
        if (outcome && outcome != http::error::need_more && outcome != http::error::need_buffer) {
            return failure(ErrorCode::InvalidInput,
                           fmt::format("malformed request body: {}", outcome.message()));
        }
        if (const auto count = buffer.size() - body.size; count > 0) {
            return count;
        }
        if (outcome == http::error::need_more || buffer_.size() == 0) {
            if (!body_complete()) {
                TRY(fill());
            }
        }
    }
    return 0;
}

Status Connection::write_now(Buffers buffers) {
    const auto [outcome, count] =
        wait([&](Done done) { wire_->write(std::move(buffers), std::move(done)); });
    (void)count;
    if (!outcome) {
        return {};
    }
    close_after_ = true;
    return failure(ErrorCode::Unavailable,
                   fmt::format("writing the answer: {}", outcome.message()));
}

Status Connection::start(const Response& head, std::optional<std::uint64_t> body_bytes) {
    if (started_) {
        return failure(ErrorCode::Internal, "an answer was already begun");
    }
    started_ = true;
    close_after_ = close_after_ || !body_complete();
    const bool old_client = parser_->get().version() < 11;
    framing_.body_bytes = body_bytes.value_or(0);
    framing_.body = head.status == 204 || head.status == 304 ? AnswerBody::None
                    : body_bytes                             ? AnswerBody::Sized
                    : old_client                             ? AnswerBody::UntilClose
                                                             : AnswerBody::Chunked;
    close_after_ = close_after_ || framing_.body == AnswerBody::UntilClose;
    framing_.after = close_after_ ? AfterAnswer::Close : AfterAnswer::KeepAlive;
    tail_ = answer_head(head, framing_);
    if (request_.method == "HEAD") {
        framing_.body = AnswerBody::None; // the head tells the length, no body follows
    }
    left_ = framing_.body == AnswerBody::Sized ? framing_.body_bytes : 0;
    return {};
}

Status Connection::write(std::string_view bytes) {
    if (!started_) {
        return failure(ErrorCode::Internal, "the answer was not begun");
    }
    if (bytes.empty() || framing_.body == AnswerBody::None) {
        return {};
    }
    if (framing_.body == AnswerBody::Sized) {
        if (bytes.size() > left_) {
            return failure(ErrorCode::Internal, "the answer is longer than it was announced");
        }
        left_ -= bytes.size();
        if (left_ == 0 && tail_.size() + bytes.size() <= deferred_bytes_max) {
            tail_ += bytes;
            return {};
        }
    }
    std::string before = std::exchange(tail_, {});
    std::string_view after;
    if (framing_.body == AnswerBody::Chunked) {
        before += fmt::format("{:x}\r\n", bytes.size());
        after = "\r\n";
    }
    return write_now({asio::buffer(before), asio::buffer(bytes), asio::buffer(after)});
}

Status Connection::send(const Response& response) {
    TRY(start(response, response.body.size()));
    return write(response.body);
}

void Connection::serve() {
    try {
        core_.handler(*this);
    } catch (const std::exception& problem) {
        log_error("a request handler threw", {{"path", request_.path}, {"what", problem.what()}});
        abandoned_ = started_;
    }
    finish();
    asio::post(core_.io, [self = shared_from_this()] {
        self->abandoned_ ? self->close() : self->write_tail();
    });
}

void Connection::finish() {
    if (!started_) {
        const Status sent = send({500, {{"Content-Type", "text/plain"}}, "no answer\n"});
        close_after_ = close_after_ || !sent;
    }
    if (framing_.body == AnswerBody::Chunked) {
        tail_ += "0\r\n\r\n";
    }
    if (left_ > 0) { // shorter than announced: only a broken connection tells the client
        abandoned_ = true;
    }
}

Result<std::shared_ptr<asio::ssl::context>> tls_context(const ServerTls& tls) {
    auto context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_server);
    Outcome outcome;
    SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
    context->use_certificate_chain(asio::buffer(tls.certificate_pem), outcome);
    if (!outcome) {
        context->use_private_key(asio::buffer(tls.key_pem.reveal()), asio::ssl::context::pem,
                                 outcome);
    }
    if (!outcome && !tls.client_ca_pem.empty()) {
        context->add_certificate_authority(asio::buffer(tls.client_ca_pem), outcome);
        context->set_verify_mode(asio::ssl::verify_peer); // checked when given, not demanded
    }
    if (outcome) {
        return failure(ErrorCode::InvalidInput, fmt::format("the server's certificate, key or "
                                                            "client CA is not usable: {}",
                                                            outcome.message()));
    }
    return context;
}

} // namespace

struct HttpServer::Service {
    Service(HttpServerOptions options, Handler handler)
        : core(std::move(options), std::move(handler)), acceptor(core.io), pause(core.io) {}

    Status listen();
    void accept();
    void on_accepted(Outcome outcome, Protocol::socket socket);
    void run_threads();
    void stop();

    Core core;
    asio::basic_socket_acceptor<Protocol> acceptor;
    asio::steady_timer pause;
    Sync<std::shared_ptr<asio::ssl::context>> tls;
    std::uint16_t port = 0;
    std::optional<asio::executor_work_guard<asio::io_context::executor_type>> work;
    std::vector<std::thread> handlers;
    std::thread io;
    std::atomic<bool> stopped{false};
};

Status HttpServer::Service::listen() {
    const auto& options = core.options;
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

void HttpServer::Service::accept() {
    acceptor.async_accept([this](Outcome outcome, Protocol::socket socket) {
        on_accepted(outcome, std::move(socket));
    });
}

void HttpServer::Service::on_accepted(Outcome outcome, Protocol::socket socket) {
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
    if (core.connections.size() >= core.options.connections_max) {
        return; // the socket closes
    }
    Outcome ignored;
    socket.set_option(asio::ip::tcp::no_delay(true), ignored);
    const auto remote = socket.remote_endpoint(ignored);
    const auto peer = socket_address(remote.data()).value_or(SocketAddress{});
    const auto context = *tls.lock();
    std::unique_ptr<Wire> wire;
    if (context) {
        wire = std::make_unique<WireOver<Tls>>(std::move(socket), context);
    } else {
        wire = std::make_unique<WireOver<Plain>>(std::move(socket));
    }
    core.add(std::make_shared<Connection>(core, std::move(wire), peer.text));
}

void HttpServer::Service::run_threads() {
    work.emplace(core.io.get_executor());
    accept();
    io = std::thread([this] {
        name_this_thread("http-io");
        core.io.run();
    });
    for (unsigned i = 0; i < core.options.handler_threads; ++i) {
        handlers.emplace_back([this, i] {
            name_this_thread(fmt::format("http-{}", i));
            while (auto connection = core.waiting.pop()) {
                (*connection)->serve();
            }
        });
    }
}

void HttpServer::Service::stop() {
    if (stopped.exchange(true)) {
        return;
    }
    core.stop.request_stop();
    asio::post(core.io, [this] {
        acceptor.close();
        pause.cancel();
        const auto all = core.connections;
        for (const auto& connection : all) {
            connection->close_if_idle();
        }
    });
    core.waiting.close(); // what waits is still answered
    {
        auto count = core.connection_count.lock();
        count.wait_for(core.connection_ended, core.options.stop_time_max,
                       [&] { return *count == 0; });
    }
    asio::post(core.io, [this] {
        const auto all = core.connections;
        for (const auto& connection : all) {
            connection->close();
        }
    });
    for (auto& handler : handlers) {
        handler.join();
    }
    work.reset();
    asio::post(core.io, [this] { core.io.stop(); });
    io.join();
    core.connections.clear();
}

Result<std::unique_ptr<HttpServer>> HttpServer::start(HttpServerOptions options, Handler handler) {
    auto service = std::make_unique<Service>(std::move(options), std::move(handler));
    if (service->core.options.tls) {
        TRY(auto context, tls_context(*service->core.options.tls));
        *service->tls.lock() = std::move(context);
    }
    TRY(service->listen());
    service->run_threads();
    return std::unique_ptr<HttpServer>(new HttpServer(std::move(service)));
}

HttpServer::HttpServer(std::unique_ptr<Service> service) : service_(std::move(service)) {}

HttpServer::~HttpServer() {
    stop();
}

std::uint16_t HttpServer::port() const {
    return service_->port;
}

Status HttpServer::reload_tls(const ServerTls& tls) {
    TRY(auto context, tls_context(tls));
    *service_->tls.lock() = std::move(context);
    return {};
}

void HttpServer::stop() {
    service_->stop();
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
