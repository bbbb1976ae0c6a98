// What one client does to a server must not be felt by another: idle connections, half requests,
// answers that nobody reads. Each test ends by asking for something else, and is given it.

#include <atomic>
#include <deque>

#include <gtest/gtest.h>

#include "base/pause.h"
#include "net/http_client.h"
#include "net/http_server.h"
#include "tests/unit/net/certificates.h"
#include "tests/unit/net/raw_socket.h"
#include "tests/unit/net/test_server.h"

namespace pedigree::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::size_t more_than_sockets_hold = 16 * 1024 * 1024;

std::string ask(std::uint16_t port, const std::string& path = "/hello") {
    const auto client = RawSocket::connect(port);
    client.send("GET " + path + " HTTP/1.1\r\nConnection: close\r\n\r\n");
    return client.receive_all();
}

std::deque<RawSocket> crowd_of(std::size_t count, std::uint16_t port, std::string_view say) {
    std::deque<RawSocket> out;
    for (std::size_t i = 0; i < count; ++i) {
        out.push_back(RawSocket::connect(port));
        out.back().send(say);
    }
    return out;
}

bool becomes(const std::atomic<int>& value, int wanted) {
    for (const auto end = std::chrono::steady_clock::now() + seconds(5);
         value < wanted && std::chrono::steady_clock::now() < end;) {
        pause_for(milliseconds(1), {});
    }
    return value >= wanted;
}

TEST(Starving, IdleConnectionsOfOnePeer) {
    const auto server = start_server(say_hello);
    const auto idle = crowd_of(300, server->port(), "");
    EXPECT_TRUE(ask(server->port()).ends_with("hello"));
}

TEST(Starving, HalfHeadsOfOnePeer) {
    const auto server = start_server(say_hello);
    const auto slow = crowd_of(300, server->port(), "GET / HTTP/1.1\r\nX-");
    EXPECT_TRUE(ask(server->port()).ends_with("hello"));
}

TEST(Starving, AFullHouse) {
    HttpServerOptions options;
    options.connections_max = 8; // all of one address: there is no other here
    const auto server = start_server(say_hello, options);
    const auto idle = crowd_of(30, server->port(), "");
    EXPECT_TRUE(ask(server->port()).ends_with("hello"));
}

TEST(Starving, ConnectionsThatNeverBeginTls) {
    const Certificate authority = make_authority("test authority");
    const Certificate leaf = make_leaf(authority, "server", "127.0.0.1");
    HttpServerOptions options;
    options.tls = ServerTls{leaf.certificate_pem, Secret(leaf.key_pem), ""};
    const auto server = start_server(say_hello, options);
    const auto idle = crowd_of(300, server->port(), "");
    HttpClient client({.ca_pem = authority.certificate_pem});
    Request request;
    request.url = "https://127.0.0.1:" + std::to_string(server->port()) + "/";
    const auto answer = client.send(request);
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->body, "hello");
}

TEST(Starving, BodiesThatDoNotCome) {
    HttpServerOptions options;
    options.body_bytes_max = options.preload_bytes_max;
    const auto server = start_server(
        [](Exchange& exchange) {
            (void)exchange.read_all(100000);
            say_hello(exchange);
        },
        options);
    const auto sized =
        crowd_of(8, server->port(), "POST / HTTP/1.1\r\nContent-Length: 1000\r\n\r\nand no more");
    const auto chunked = crowd_of(
        8, server->port(), "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nand no");
    const auto polite = crowd_of(
        8, server->port(), "POST / HTTP/1.1\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n");
    for (const RawSocket& client : polite) { // all were read up to here
        EXPECT_TRUE(client.receive_until("\r\n\r\n").starts_with("HTTP/1.1 100"));
    }
    EXPECT_TRUE(ask(server->port()).ends_with("hello"));
    polite.front().send("something");
    EXPECT_TRUE(polite.front().receive_until("hello").ends_with("hello"));
}

TEST(Starving, ABodyHasAWholeTime) {
    HttpServerOptions options;
    options.body_time_max = seconds(1);
    const auto server = start_server(say_hello, options);
    const auto slow = RawSocket::connect(server->port());
    slow.send("POST / HTTP/1.1\r\nContent-Length: 1000\r\n\r\nand no more");
    EXPECT_EQ(slow.receive_all(), "");
}

TEST(Starving, AChunkedBodyIsReadAheadWhole) {
    HttpServerOptions options;
    options.body_bytes_max = options.preload_bytes_max = 8;
    const auto server = start_server(
        [](Exchange& exchange) { (void)exchange.send({200, {}, *exchange.read_all(100)}); },
        options);
    const std::string head =
        "POST / HTTP/1.1\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n";
    const auto full = RawSocket::connect(server->port());
    full.send(head + "5\r\n12345\r\n3\r\n678\r\n");
    full.send("0\r\n\r\n");
    EXPECT_TRUE(full.receive_all().ends_with("\r\n\r\n12345678"));
    const auto larger = RawSocket::connect(server->port());
    larger.send(head + "5\r\n12345\r\n4\r\n6789\r\n0\r\n\r\n");
    EXPECT_TRUE(larger.receive_all().starts_with("HTTP/1.1 413"));
}

TEST(Starving, WholeAnswersThatNobodyReads) {
    HttpServerOptions options;
    options.answer_bytes_max = 8 * more_than_sockets_hold;
    std::atomic<int> begun{0};
    const std::string large(more_than_sockets_hold, 'x');
    const auto server = start_server(
        [&](Exchange& exchange) {
            if (exchange.request().path == "/hello") {
                return say_hello(exchange);
            }
            (void)exchange.send({200, {}, large});
            ++begun;
        },
        options);
    const auto slow = crowd_of(8, server->port(), "GET /large HTTP/1.1\r\n\r\n");
    EXPECT_TRUE(becomes(begun, 8));
    EXPECT_TRUE(ask(server->port()).ends_with("hello"));
}

TEST(Starving, AClientThatReadsNothingLeavesMemoryToTheOthers) {
    HttpServerOptions options;
    options.answer_bytes_max = 4 * more_than_sockets_hold;
    const std::string large(more_than_sockets_hold, 'x');
    const auto server = start_server(
        [&](Exchange& exchange) {
            exchange.on_behalf_of(exchange.request().path);
            (void)exchange.send({200, {}, large});
        },
        options);
    const auto slow = RawSocket::connect(server->port());
    slow.send("GET /greedy HTTP/1.1\r\n\r\n");
    slow.receive_until("\r\n\r\n");
    EXPECT_TRUE(ask(server->port(), "/greedy").starts_with("HTTP/1.1 503"));
    HttpClient client;
    Request request;
    request.url = "http://127.0.0.1:" + std::to_string(server->port()) + "/another";
    request.body_bytes_max = 2 * more_than_sockets_hold;
    EXPECT_EQ(client.send(request)->status, 200);
}

TEST(Starving, AnswersInStepsThatNobodyReads) {
    std::atomic<int> begun{0};
    const std::string piece(1024 * 1024, 'x');
    const auto server = start_server([&](Exchange& exchange) {
        if (exchange.request().path == "/hello") {
            return say_hello(exchange);
        }
        ++begun;
        (void)exchange.start({200, {}, ""}, std::nullopt);
        exchange.in_steps([&](Exchange& later) { return later.write(piece).has_value(); });
    });
    const auto slow = crowd_of(8, server->port(), "GET /log HTTP/1.1\r\n\r\n");
    EXPECT_TRUE(becomes(begun, 8));
    EXPECT_TRUE(ask(server->port()).ends_with("hello"));
}

TEST(Starving, TheMemoryOfUnreadAnswersIsBounded) {
    HttpServerOptions options;
    options.answer_bytes_max = more_than_sockets_hold + 1000;
    const std::string large(more_than_sockets_hold, 'x');
    const auto server =
        start_server([&](Exchange& exchange) { (void)exchange.send({200, {}, large}); }, options);
    HttpClient client;
    Request request;
    request.url = "http://127.0.0.1:" + std::to_string(server->port()) + "/";
    request.body_bytes_max = 2 * more_than_sockets_hold;
    {
        const auto slow = RawSocket::connect(server->port());
        slow.send("GET / HTTP/1.1\r\n\r\n");
        slow.receive_until("\r\n\r\n"); // it has the memory
        EXPECT_EQ(client.send(request)->status, 503);
    }
    // Its memory is free again when the server has seen it go.
    int status = 503;
    for (int tries = 0; tries < 1000 && status == 503; ++tries) {
        status = client.send(request)->status;
    }
    EXPECT_EQ(status, 200);
}

TEST(HttpServerSteps, MakeOneAnswerOnOneConnection) {
    const auto server = start_server([](Exchange& exchange) {
        (void)exchange.start({200, {}, ""}, 9);
        exchange.in_steps([count = 0](Exchange& later) mutable {
            (void)later.write("abc");
            return ++count < 3;
        });
    });
    const auto client = RawSocket::connect(server->port());
    client.send("GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\nConnection: close\r\n\r\n");
    const std::string answer = client.receive_all();
    const auto first = answer.find("\r\n\r\nabcabcabc");
    ASSERT_NE(first, std::string::npos) << answer;
    EXPECT_NE(answer.find("\r\n\r\nabcabcabc", first + 1), std::string::npos) << answer;
}

TEST(HttpServerSteps, MayBeginTheAnswerAndFailBeforeIt) {
    const auto server = start_server([](Exchange& exchange) {
        exchange.in_steps([](Exchange& later) {
            (void)later.send({404, {}, "no such log"});
            return false;
        });
    });
    EXPECT_TRUE(ask(server->port()).ends_with("no such log"));
}

TEST(HttpServerSteps, OneThatThrowsBreaksTheAnswerOff) {
    const auto server = start_server([](Exchange& exchange) {
        (void)exchange.start({200, {}, ""}, std::nullopt);
        exchange.in_steps([](Exchange& later) -> bool {
            (void)later.write("half");
            throw std::runtime_error("bug");
        });
    });
    EXPECT_FALSE(ask(server->port()).ends_with("0\r\n\r\n"));
}

TEST(HttpServerSteps, EndWithTheServer) {
    std::atomic<int> steps{0};
    const auto server = start_server([&](Exchange& exchange) {
        (void)exchange.start({200, {}, ""}, std::nullopt);
        exchange.in_steps([&](Exchange& later) {
            ++steps;
            return later.write("more").has_value();
        });
    });
    const auto client = RawSocket::connect(server->port());
    client.send("GET / HTTP/1.1\r\n\r\n");
    EXPECT_TRUE(becomes(steps, 10));
    server->stop();
    EXPECT_FALSE(client.receive_all().ends_with("0\r\n\r\n"));
}

} // namespace
} // namespace pedigree::net
