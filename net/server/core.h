#pragma once
// Core: what the connections of one server share: its options and handler, the thread that waits
// for sockets, the queue to the threads that handle requests, and the set of the connections
// themselves. Outlives them. `connections` belongs to the io thread, the rest to any.

#include <condition_variable>
#include <memory>
#include <set>
#include <stop_token>

#include "base/bounded_queue.h"
#include "base/sync.h"
#include "net/http_server.h"
#include "net/server/listener.h"

namespace pedigree::net {

class Connection;

struct Core {
    Core(HttpServerOptions given, Handler answer, std::unique_ptr<Listener> sockets);

    void add(std::shared_ptr<Connection> connection);           // io thread
    void forget(const std::shared_ptr<Connection>& connection); // io thread

    const HttpServerOptions options;
    const Handler handler;
    const std::unique_ptr<Listener> listener;
    BoundedQueue<std::shared_ptr<Connection>> waiting; // for a handler thread
    std::stop_source stop;
    std::set<std::shared_ptr<Connection>> connections;
    Sync<std::size_t> connection_count{0};
    std::condition_variable connection_ended;
};

} // namespace pedigree::net
