#include "net/server/core.h"

#include "net/server/connection.h"

namespace pedigree::net {

Core::Core(HttpServerOptions given, Handler answer, std::unique_ptr<Listener> sockets)
    : options(std::move(given)), handler(std::move(answer)), listener(std::move(sockets)),
      waiting(options.waiting_requests_max) {}

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

} // namespace pedigree::net
