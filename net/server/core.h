#pragma once
// Core: what the connections of one server share: its options and handler, the thread that waits
// for sockets, the room where they wait for a handler, and the connections themselves. Outlives
// them. The crowd, the connections and the count of answer bytes belong to the
// io thread, the rest to any.

#include <condition_variable>
#include <map>
#include <memory>
#include <stop_token>
#include <string>

#include "base/sync.h"
#include "net/http_server.h"
#include "net/server/crowd.h"
#include "net/server/listener.h"
#include "net/server/waiting_room.h"

namespace pedigree::net {

class Connection;
class Wire;

struct Core {
    Core(HttpServerOptions given, Handler answer, std::unique_ptr<Listener> sockets);

    // io thread. A connection for which there is no room, nor anybody to make it, is dropped.
    void add(std::unique_ptr<Wire> wire, const std::string& peer);
    void forget(Crowd::Id id);
    enum class Which { Idle, All };
    void close(Which which);

    // Memory for bytes that wait for a client; false: there is none left. io thread.
    bool hold(const std::string& client, std::size_t bytes);
    void release(const std::string& client, std::size_t bytes);

    const HttpServerOptions options;
    const Handler handler;
    const std::unique_ptr<Listener> listener;
    WaitingRoom waiting;
    std::stop_source stop;
    Crowd crowd;
    std::map<Crowd::Id, std::shared_ptr<Connection>> connections;
    Crowd::Id last_id = 0;
    std::size_t answer_bytes = 0;
    std::map<std::string, std::size_t> answer_bytes_of; // by client
    Sync<std::size_t> connection_count{0};
    std::condition_variable connection_ended;
};

} // namespace pedigree::net
