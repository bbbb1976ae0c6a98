#include "net/http_server.h"

#include <atomic>
#include <latch>
#include <semaphore>
#include <thread>

#include <gtest/gtest.h>

#include "net/http_client.h"
#include "tests/unit/net/raw_socket.h"
#include "tests/unit/net/test_server.h"

namespace pedigree::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

std::string status_line(const std::string& answer) {
    return answer.substr(0, answer.find('\r'));
}

TEST(HttpServer, RefusesBrokenAndOversizedHeads) {
    HttpServerOptions options;
    options.header_bytes_max = 4096;
    const auto server = start_server(say_hello, options);
    const std::pair<std::string, std::string> cases[] = {
        {"this is no request\r\n\r\n", "HTTP/1.1 400 Bad Request"},
        {"GET / HTTP/1.1\r\nX: " + std::string(5000, 'x') + "\r\n\r\n",
         "HTTP/1.1 431 Request Header Fields Too Large"},
        {"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
         "HTTP/1.1 400 Bad Request"},
        {"POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n",
         "HTTP/1.1 413 Content Too Large"},
    };
    for (const auto& [text, expected] : cases) {
        const auto client = RawSocket::connect(server->port());
        client.send(text);
        EXPECT_EQ(status_line(client.receive_all()), expected) << text.substr(0, 60);
    }
}

TEST(HttpServer, EndsSlowHeadsAndIdleConnections) {
    HttpServerOptions options;
    options.header_time_max = seconds(1);
    options.idle_time_max = seconds(1);
    const auto server = start_server(say_hello, options);
    const auto slow = RawSocket::connect(server->port());
    const auto idle = RawSocket::connect(server->port());
    slow.send("GET / HTTP/1.1\r\nX-");
    EXPECT_EQ(slow.receive_all(), "");
    EXPECT_EQ(idle.receive_all(), "");
}

TEST(HttpServer, AnswersRequestsThatCameTogether) {
    const auto server = start_server(say_hello);
    const auto client = RawSocket::connect(server->port());
    client.send("GET /1 HTTP/1.1\r\n\r\nPOST /2 HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc"
                "GET /3 HTTP/1.1\r\nConnection: close\r\n\r\n");
    const std::string answer = client.receive_all();
    std::size_t count = 0;
    for (auto at = answer.find("hello"); at != std::string::npos;
         at = answer.find("hello", at + 1)) {
        ++count;
    }
    EXPECT_EQ(count, 3u);
}

TEST(HttpServer, ServesOldClientsAndHead) {
    const auto server = start_server([](Exchange& exchange) {
        ASSERT_TRUE(exchange.start({200, {}, ""}, std::nullopt));
        ASSERT_TRUE(exchange.write("one"));
        ASSERT_TRUE(exchange.write("two"));
    });
    const auto old = RawSocket::connect(server->port());
    old.send("GET / HTTP/1.0\r\n\r\n");
    const std::string answer = old.receive_all();
    EXPECT_TRUE(answer.ends_with("\r\n\r\nonetwo")) << answer;
    const auto head = RawSocket::connect(server->port());
    head.send("HEAD / HTTP/1.1\r\nConnection: close\r\n\r\n");
    EXPECT_TRUE(head.receive_all().ends_with("\r\n\r\n"));
}

TEST(HttpServer, AsksForABodyThatWaitsToBeAsked) {
    const auto server = start_server(
        [](Exchange& exchange) { (void)exchange.send({200, {}, *exchange.read_all(10)}); });
    const auto client = RawSocket::connect(server->port());
    client.send("PUT / HTTP/1.1\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_EQ(client.receive_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
    client.send("body");
    EXPECT_TRUE(client.receive_until("body").ends_with("body"));
}

TEST(HttpServer, AFailedHandlerIsA500) {
    const auto server = start_server([](Exchange& exchange) {
        if (exchange.request().path == "/throws") {
            throw std::runtime_error("bug");
        }
    });
    HttpClient client;
    for (const char* path : {"/throws", "/forgets"}) {
        Request request;
        request.url = "http://127.0.0.1:" + std::to_string(server->port()) + path;
        EXPECT_EQ(client.send(request)->status, 500) << path;
    }
}

TEST(HttpServer, AnAnswerCutShortIsSeenAsSuch) {
    const auto server = start_server([](Exchange& exchange) {
        (void)exchange.start({200, {}, ""}, 100);
        (void)exchange.write("only this");
    });
    HttpClient client;
    Request request;
    request.url = "http://127.0.0.1:" + std::to_string(server->port()) + "/";
    EXPECT_EQ(client.send(request).error().code, ErrorCode::Unavailable);
}

TEST(HttpServer, AnAbandonedAnswerDoesNotLookWhole) {
    const auto server = start_server([](Exchange& exchange) {
        (void)exchange.start({200, {}, ""}, std::nullopt);
        (void)exchange.write("half of it");
        if (exchange.request().path == "/throws") {
            throw std::runtime_error("bug");
        }
        exchange.abandon();
    });
    HttpClient client;
    for (const char* path : {"/gives-up", "/throws"}) {
        Request request;
        request.url = "http://127.0.0.1:" + std::to_string(server->port()) + path;
        const auto response = client.send(request);
        ASSERT_FALSE(response) << path;
        EXPECT_EQ(response.error().code, ErrorCode::Unavailable);
    }
}

TEST(HttpServer, AnswersBeforeAnUnreadBodyHasArrived) {
    const auto server =
        start_server([](Exchange& exchange) { (void)exchange.send({403, {}, "no"}); });
    const auto client = RawSocket::connect(server->port());
    client.send("PUT / HTTP/1.1\r\nContent-Length: 10000000\r\n\r\n" + std::string(500000, 'x'));
    const std::string answer = client.receive_all();
    EXPECT_EQ(status_line(answer), "HTTP/1.1 403 Forbidden");
    EXPECT_NE(answer.find("Connection: close"), std::string::npos);
}

TEST(HttpServer, TurnsAwayWhatItCannotQueue) {
    HttpServerOptions options;
    options.handler_threads = 1;
    options.waiting_requests_max = 1;
    std::latch running(1);
    std::latch release(1);
    std::atomic<int> calls{0};
    const auto server = start_server(
        [&](Exchange& exchange) {
            if (++calls == 1) {
                running.count_down();
                release.wait();
            }
            (void)exchange.send({200, {}, "done"});
        },
        options);
    const std::string request = "GET / HTTP/1.1\r\nConnection: close\r\n\r\n";
    const auto first = RawSocket::connect(server->port());
    first.send(request);
    running.wait();
    // One of these two waits in the queue, the other finds it full.
    const auto second = RawSocket::connect(server->port());
    const auto third = RawSocket::connect(server->port());
    second.send(request);
    third.send(request);
    std::counting_semaphore<2> answered(0);
    std::string second_answer;
    std::string third_answer;
    const auto read = [&](const RawSocket& client, std::string& answer) {
        answer = client.receive_all();
        answered.release();
    };
    std::jthread second_reader([&] { read(second, second_answer); });
    std::jthread third_reader([&] { read(third, third_answer); });
    answered.acquire(); // the refused one: nothing else is answered while the first runs
    release.count_down();
    second_reader.join();
    third_reader.join();
    const bool second_refused = status_line(second_answer) == "HTTP/1.1 503 Service Unavailable";
    const bool third_refused = status_line(third_answer) == "HTTP/1.1 503 Service Unavailable";
    EXPECT_NE(second_refused, third_refused);
    EXPECT_TRUE(first.receive_all().ends_with("done"));
}

TEST(HttpServer, StopEndsAStreamAndWaitsForIt) {
    std::latch streaming(1);
    std::atomic<bool> handler_ended{false};
    auto server = start_server([&](Exchange& exchange) {
        (void)exchange.start({200, {}, ""}, std::nullopt);
        (void)exchange.write("begun");
        streaming.count_down();
        while (!exchange.stop().stop_requested()) {
            std::this_thread::sleep_for(milliseconds(1));
        }
        handler_ended = true;
    });
    const auto client = RawSocket::connect(server->port());
    client.send("GET / HTTP/1.1\r\n\r\n");
    streaming.wait();
    const auto begun = std::chrono::steady_clock::now();
    server->stop();
    EXPECT_TRUE(handler_ended);
    EXPECT_LT(std::chrono::steady_clock::now() - begun, seconds(3));
    EXPECT_TRUE(client.receive_all().ends_with("0\r\n\r\n"));
}

TEST(HttpServer, SaysWhenTheAddressIsTaken) {
    const auto server = start_server(say_hello);
    HttpServerOptions options;
    options.port = server->port();
    EXPECT_EQ(HttpServer::start(options, say_hello).error().code, ErrorCode::Unavailable);
}

// A busy machine may be slow at all this, but not silent.
const Timeouts patient{seconds(30), milliseconds(0), seconds(30)};

void mirror(Exchange& exchange) {
    ASSERT_TRUE(exchange.start({201, {{"X-Up", "yes"}}, ""}, exchange.request().body_bytes));
    std::vector<char> piece(100000);
    while (true) {
        const auto count = exchange.read(piece);
        ASSERT_TRUE(count) << count.error().message;
        if (*count == 0) {
            return;
        }
        ASSERT_TRUE(exchange.write({piece.data(), *count}));
    }
}

// A proxy as the recorder builds one: request and answer pass through in pieces.
void pass_on(Exchange& exchange, Http& http, std::uint16_t to_port, std::size_t& largest_piece) {
    Request request;
    request.method = exchange.request().method;
    request.url = "http://127.0.0.1:" + std::to_string(to_port) + exchange.request().target;
    request.body_source = [&](std::span<char> buffer) { return exchange.read(buffer); };
    request.body_source_bytes = exchange.request().body_bytes;
    request.timeouts = patient;
    request.sink_statuses = SinkStatuses::All;
    request.head_sink = [&](const Response& head) {
        const auto length = head.headers.find("Content-Length");
        return exchange.start(
            head, length ? std::optional<std::uint64_t>(std::stoull(std::string(*length)))
                         : std::nullopt);
    };
    request.sink = [&](std::string_view bytes) {
        largest_piece = std::max(largest_piece, bytes.size());
        return exchange.write(bytes);
    };
    EXPECT_TRUE(http.send(request));
}

TEST(HttpServer, ProxiesBodiesOfAnySizeInPieces) {
    HttpServerOptions options;
    options.body_bytes_max = 1ull << 40;
    const auto upstream = start_server(mirror, options);
    PooledHttp http;
    std::size_t largest_piece = 0;
    const auto proxy = start_server(
        [&](Exchange& exchange) { pass_on(exchange, http, upstream->port(), largest_piece); },
        options);

    constexpr std::size_t total = 10'000'000; // far above what any part holds
    std::size_t sent = 0;
    std::size_t received = 0;
    Request request;
    request.method = "PUT";
    request.url = "http://127.0.0.1:" + std::to_string(proxy->port()) + "/artifact";
    request.timeouts = patient;
    request.body_source_bytes = total;
    request.body_source = [&](std::span<char> buffer) -> Result<std::size_t> {
        const auto count = std::min(buffer.size(), total - sent);
        std::fill_n(buffer.data(), count, 'x');
        sent += count;
        return count;
    };
    request.sink = [&](std::string_view bytes) -> Status {
        received += bytes.size();
        return {};
    };
    HttpClient client;
    const auto response = client.send(request);
    ASSERT_TRUE(response) << response.error().message;
    EXPECT_EQ(response->status, 201);
    EXPECT_EQ(response->headers.value_or("X-Up", ""), "yes");
    EXPECT_EQ(received, total);
    EXPECT_LE(largest_piece, 512u * 1024u);
}

} // namespace
} // namespace pedigree::net
