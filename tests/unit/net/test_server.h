#pragma once
// A server of the tests, and the shortest handler.

#include <memory>
#include <utility>

#include <gtest/gtest.h>

#include "net/http_server.h"

namespace pedigree::net {

inline std::unique_ptr<HttpServer> start_server(Handler handler, HttpServerOptions options = {}) {
    auto server = HttpServer::start(std::move(options), std::move(handler));
    EXPECT_TRUE(server) << server.error().message;
    return std::move(*server);
}

inline void say_hello(Exchange& exchange) {
    (void)exchange.send({200, {}, "hello"});
}

} // namespace pedigree::net
