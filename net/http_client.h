#pragma once
// HttpClient: Http over libcurl. One object belongs to one thread at a time and keeps its
// connections for reuse; PooledHttp may be called from any thread and lends each call an idle
// HttpClient. A stop token ends a call at once, wherever it waits. Nothing of a request is logged.
//
// Rules kept here: TLS 1.2 or newer, always verified; only http and https; environment variables
// such as http_proxy are ignored; redirects are not followed; a POST or PATCH of unknown outcome is
// never sent twice (a stale connection gives Unavailable once a byte of its body was sent).

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.h"
#include "base/sync.h"
#include "net/http.h"

namespace pedigree::net {

enum class HttpVersion { Http1, Http2 }; // Http2: offered by ALPN over TLS, else HTTP/1.1

// Asked with the numeric address and port before each connect, after name resolution.
using EgressCheck = std::function<Status(std::string_view address, std::uint16_t port)>;

struct HttpClientOptions {
    std::string ca_pem; // empty: the system's bundle; else only this one
    std::string client_certificate_pem;
    Secret client_key_pem;
    EgressCheck egress;
    std::string connect_to;  // "host:port" dialled instead of the URL's; Host and TLS name stay
    std::string unix_socket; // path dialled instead of any host
    std::string proxy_url;   // http, https or socks5h; the egress check then sees the proxy only
    HttpVersion version = HttpVersion::Http1;
    std::chrono::seconds connection_idle_max{60}; // older idle connections are not used again
};

class HttpClient final : public Http {
  public:
    explicit HttpClient(HttpClientOptions options = {});
    ~HttpClient() override;
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;

    using Http::send;
    Result<Response> send(const Request& request, std::stop_token stop) override;

  private:
    struct Connection;
    std::unique_ptr<Connection> connection_;
};

class PooledHttp final : public Http {
  public:
    // At most idle_clients_max clients are kept between calls; more may be in use at once.
    explicit PooledHttp(HttpClientOptions options = {}, std::size_t idle_clients_max = 8);

    using Http::send;
    Result<Response> send(const Request& request, std::stop_token stop) override;

  private:
    const HttpClientOptions options_;
    const std::size_t idle_clients_max_;
    Sync<std::vector<std::unique_ptr<HttpClient>>> idle_;
};

} // namespace pedigree::net
