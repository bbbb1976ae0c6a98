#include "net/http_client.h"

#include <atomic>
#include <filesystem>
#include <latch>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "net/http_server.h"
#include "tests/unit/net/certificates.h"
#include "tests/unit/net/raw_socket.h"
#include "tests/unit/net/test_server.h"

namespace pedigree::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

std::string address(std::uint16_t port, std::string_view path = "/") {
    return "http://127.0.0.1:" + std::to_string(port) + std::string(path);
}

Request get(std::string url) {
    Request request;
    request.url = std::move(url);
    return request;
}

void echo(Exchange& exchange) {
    const auto body = exchange.read_all(64 * 1024 * 1024);
    if (body) {
        (void)exchange.send({200, {{"X-Method", exchange.request().method}}, *body});
    }
}

TEST(HttpClient, SendsBodiesOfEveryKind) {
    const auto server = start_server(echo);
    HttpClient client;
    for (const char* method : {"POST", "PUT", "PATCH"}) {
        for (const std::size_t size : {0u, 1u, 70000u, 2000000u}) {
            Request request = get(address(server->port()));
            request.method = method;
            request.body.assign(size, 'x');
            const auto response = client.send(request);
            ASSERT_TRUE(response) << response.error().message;
            EXPECT_EQ(response->body.size(), size) << method;
            EXPECT_EQ(response->headers.value_or("x-method", ""), method);
        }
    }
    Request chunked = get(address(server->port()));
    chunked.method = "POST";
    int pieces = 0;
    chunked.body_source = [&](std::span<char> buffer) -> Result<std::size_t> {
        if (++pieces > 3) {
            return 0;
        }
        buffer[0] = static_cast<char>('a' + pieces);
        return 1;
    };
    EXPECT_EQ(client.send(chunked)->body, "bcd");
}

TEST(HttpClient, UploadsAFileAndHandsOnItsReadError) {
    const auto server = start_server(echo);
    const std::string path = testing::TempDir() + "/upload.bin";
    ASSERT_TRUE(write_file(path, std::string(300000, 'f')));
    HttpClient client;
    Request request = get(address(server->port()));
    request.method = "PUT";
    const auto file = open_file(path);
    ASSERT_TRUE(file);
    set_body_from(request, *file, 0, file->bytes);
    EXPECT_EQ(client.send(request)->body.size(), 300000u);
    set_body_from(request, *file, 299990, 10); // a part
    EXPECT_EQ(client.send(request)->body, "ffffffffff");

    request.body_source = [](std::span<char>) -> Result<std::size_t> {
        return failure(ErrorCode::Corrupt, "the digest differs");
    };
    EXPECT_EQ(client.send(request).error().code, ErrorCode::Corrupt);
    std::filesystem::remove(path);
}

TEST(HttpClient, KeepsItsConnection) {
    const auto listener = RawSocket::listen();
    std::jthread server([&] {
        const auto one = listener.accept(); // a second connection would never be answered
        for (int i = 0; i < 3; ++i) {
            one.receive_until("\r\n\r\n");
            one.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        }
    });
    HttpClient client;
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(client.send(get(address(listener.port())))->body, "ok");
    }
}

// The server takes the second POST and dies: whether it was carried out is unknown.
TEST(HttpClient, NeverSendsAPostTwice) {
    const auto listener = RawSocket::listen();
    std::atomic<int> posts{0};
    std::jthread server([&] {
        const auto one = listener.accept();
        one.receive_until("body");
        ++posts;
        one.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        one.receive_until("body");
        ++posts;
    });
    HttpClient client;
    Request request = get(address(listener.port()));
    request.method = "POST";
    request.body = "body";
    request.timeouts.total = milliseconds(2000);
    EXPECT_TRUE(client.send(request));
    const auto second = client.send(request);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::Unavailable) << second.error().message;
    EXPECT_EQ(posts, 2);
}

TEST(HttpClient, StopsAtOnce) {
    std::latch asked(1);
    const auto server = start_server([&](Exchange& exchange) {
        asked.count_down();
        while (!exchange.stop().stop_requested()) {
            std::this_thread::sleep_for(milliseconds(1));
        }
    });
    std::stop_source stop;
    std::jthread stopper([&] {
        asked.wait();
        stop.request_stop();
    });
    HttpClient client;
    const auto begun = std::chrono::steady_clock::now();
    const auto response = client.send(get(address(server->port())), stop.get_token());
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code, ErrorCode::Cancelled);
    EXPECT_LT(std::chrono::steady_clock::now() - begun, seconds(5));
}

TEST(HttpClient, EndsCallsThatTakeTooLong) {
    const auto listener = RawSocket::listen();
    HttpClient client;
    Request request = get(address(listener.port()));
    request.timeouts.total = milliseconds(50);
    EXPECT_EQ(client.send(request).error().code, ErrorCode::Timeout);
    request.timeouts = {};
    request.timeouts.idle = milliseconds(50);
    const auto idle = client.send(request);
    EXPECT_EQ(idle.error().code, ErrorCode::Timeout);
    EXPECT_NE(idle.error().message.find("no byte for 50 ms"), std::string::npos);
}

TEST(HttpClient, LimitsTheAnswer) {
    const auto server = start_server(
        [](Exchange& exchange) { (void)exchange.send({200, {}, std::string(100000, 'x')}); });
    HttpClient client;
    Request request = get(address(server->port()));
    request.body_bytes_max = 99999;
    EXPECT_EQ(client.send(request).error().code, ErrorCode::TooLarge);
    request.body_bytes_max = 100000;
    EXPECT_EQ(client.send(request)->body.size(), 100000u);
}

TEST(HttpClient, StreamsSuccessfulBodiesToTheSink) {
    const auto server = start_server([](Exchange& exchange) {
        const bool fine = exchange.request().path == "/fine";
        (void)exchange.send({fine ? 200 : 404, {}, fine ? "content" : "no such blob"});
    });
    HttpClient client;
    std::string taken;
    int head_status = 0;
    Request request = get(address(server->port(), "/fine"));
    request.sink = [&](std::string_view bytes) -> Status {
        taken += bytes;
        return {};
    };
    request.head_sink = [&](const Response& head) -> Status {
        head_status = head.status;
        return {};
    };
    EXPECT_EQ(client.send(request)->body, "");
    EXPECT_EQ(taken, "content");
    EXPECT_EQ(head_status, 200);

    request.url = address(server->port(), "/missing");
    const auto missing = client.send(request);
    EXPECT_EQ(missing->body, "no such blob");
    EXPECT_EQ(taken, "content");

    request.url = address(server->port(), "/fine");
    request.sink = [](std::string_view) -> Status { return failure(ErrorCode::Corrupt, "enough"); };
    EXPECT_EQ(client.send(request).error().code, ErrorCode::Corrupt);
}

TEST(HttpClient, AsksBeforeItConnects) {
    const auto server = start_server(echo);
    std::string asked;
    HttpClientOptions options;
    options.egress = [&](std::string_view host, std::uint16_t port) -> Status {
        asked = std::string(host) + ":" + std::to_string(port);
        return failure(ErrorCode::Forbidden, "loopback is not allowed");
    };
    HttpClient client(options);
    const auto response = client.send(get(address(server->port())));
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code, ErrorCode::Forbidden) << response.error().message;
    EXPECT_EQ(asked, "127.0.0.1:" + std::to_string(server->port()));
}

TEST(HttpClient, RefusesFieldsThatWouldSplitTheRequest) {
    HttpClient client;
    Request request = get("http://127.0.0.1:1/");
    request.headers.add("X-Name", "a\r\nX-Other: b");
    EXPECT_EQ(client.send(request).error().code, ErrorCode::InvalidInput);
    request.headers = {{"X Name", "a"}};
    EXPECT_EQ(client.send(request).error().code, ErrorCode::InvalidInput);
}

TEST(HttpClient, IgnoresRedirectsAndProxyVariables) {
    setenv("http_proxy", "http://127.0.0.1:1", 1); // NOLINT(concurrency-mt-unsafe): no server yet
    const auto server = start_server(
        [](Exchange& exchange) { (void)exchange.send({302, {{"Location", "/elsewhere"}}, ""}); });
    HttpClient client;
    const auto response = client.send(get(address(server->port())));
    ASSERT_TRUE(response) << response.error().message;
    EXPECT_EQ(response->status, 302);
    unsetenv("http_proxy"); // NOLINT(concurrency-mt-unsafe): the server's threads read none
}

TEST(HttpClient, SaysWhenNobodyListens) {
    std::uint16_t port = 0;
    {
        port = RawSocket::listen().port();
    }
    HttpClient client;
    EXPECT_EQ(client.send(get(address(port))).error().code, ErrorCode::Unavailable);
}

TEST(HttpClient, TalksOverAUnixSocket) {
    HttpServerOptions options;
    options.unix_socket = testing::TempDir() + "/net_test.socket";
    const auto server = start_server(echo, options);
    HttpClientOptions client_options;
    client_options.unix_socket = options.unix_socket;
    HttpClient client(client_options);
    Request request = get("http://worker/echo");
    request.method = "POST";
    request.body = "hello";
    const auto response = client.send(request);
    ASSERT_TRUE(response) << response.error().message;
    EXPECT_EQ(response->body, "hello");
}

class HttpTls : public testing::Test {
  protected:
    HttpTls() {
        const auto leaf = make_leaf(server_authority, "server", "127.0.0.1");
        HttpServerOptions options;
        options.tls =
            ServerTls{leaf.certificate_pem, Secret(leaf.key_pem), client_authority.certificate_pem};
        server = start_server(
            [](Exchange& exchange) {
                (void)exchange.send({200, {}, exchange.request().client_common_name});
            },
            options);
        url = "https://127.0.0.1:" + std::to_string(server->port()) + "/";
    }
    HttpClientOptions with_client(const Certificate& authority) const {
        HttpClientOptions options;
        const auto leaf = make_leaf(authority, "front-proxy-client");
        options.ca_pem = server_authority.certificate_pem;
        options.client_certificate_pem = leaf.certificate_pem;
        options.client_key_pem = Secret(leaf.key_pem);
        return options;
    }

    const Certificate server_authority = make_authority("server-ca");
    const Certificate client_authority = make_authority("client-ca");
    std::unique_ptr<HttpServer> server;
    std::string url;
};

TEST_F(HttpTls, ShowsTheVerifiedClient) {
    HttpClientOptions anonymous;
    anonymous.ca_pem = server_authority.certificate_pem;
    EXPECT_EQ(HttpClient(anonymous).send(get(url))->body, "");
    const auto known = HttpClient(with_client(client_authority)).send(get(url));
    ASSERT_TRUE(known) << known.error().message;
    EXPECT_EQ(known->body, "front-proxy-client");
    EXPECT_FALSE(HttpClient(with_client(make_authority("client-ca"))).send(get(url)));
}

TEST_F(HttpTls, TrustsOnlyTheGivenAuthority) {
    const auto by_system = HttpClient().send(get(url));
    ASSERT_FALSE(by_system);
    EXPECT_EQ(by_system.error().code, ErrorCode::InvalidInput) << by_system.error().message;
    HttpClientOptions other;
    other.ca_pem = make_authority("server-ca").certificate_pem;
    EXPECT_FALSE(HttpClient(other).send(get(url)));
    EXPECT_FALSE(HttpClient(with_client(client_authority))
                     .send(get("https://localhost:" + std::to_string(server->port()) + "/")));
}

TEST_F(HttpTls, ReloadsItsCertificate) {
    const auto next = make_authority("next-ca");
    const auto leaf = make_leaf(next, "server", "127.0.0.1");
    ASSERT_TRUE(server->reload_tls({leaf.certificate_pem, Secret(leaf.key_pem), ""}));
    HttpClientOptions options;
    options.ca_pem = next.certificate_pem;
    EXPECT_TRUE(HttpClient(options).send(get(url)));
    EXPECT_EQ(server->reload_tls({"not a certificate", {}, ""}).error().code,
              ErrorCode::InvalidInput);
}

TEST(PooledHttp, ServesManyThreads) {
    const auto server = start_server(echo);
    PooledHttp http({}, 2);
    std::atomic<int> right{0};
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 8; ++i) {
            threads.emplace_back([&, i] {
                for (int n = 0; n < 20; ++n) {
                    Request request = get(address(server->port()));
                    request.method = "POST";
                    request.body = std::to_string(i * 100 + n);
                    const auto response = http.send(request);
                    right += response && response->body == request.body;
                }
            });
        }
    }
    EXPECT_EQ(right, 160);
}

TEST(PooledHttp, MayBeCalledFromASinkUnlikeAClient) {
    const auto server = start_server(echo);
    const auto copy_with = [&](Http& http) {
        Request from = get(address(server->port()));
        from.method = "POST";
        from.body = "piece";
        std::string arrived;
        from.sink = [&](std::string_view bytes) -> Status {
            Request to = get(address(server->port()));
            to.method = "POST";
            to.body = bytes;
            TRY(const Response response, http.send(to));
            arrived += response.body;
            return {};
        };
        const auto outcome = http.send(from);
        return outcome ? arrived : outcome.error().message;
    };
    PooledHttp pool;
    HttpClient client;
    EXPECT_EQ(copy_with(pool), "piece");
    EXPECT_THAT(copy_with(client), testing::HasSubstr("this wants a PooledHttp"));
    EXPECT_TRUE(client.send(get(address(server->port()))));
}

} // namespace
} // namespace pedigree::net
