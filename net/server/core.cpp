#include "net/server/core.h"

#include "net/server/connection.h"

namespace pedigree::net {
namespace {

constexpr std::size_t client_share = 4; // a client may hold one of so many parts

} // namespace

Core::Core(HttpServerOptions given, Handler answer, std::unique_ptr<Listener> sockets)
    : options(std::move(given)), handler(std::move(answer)), listener(std::move(sockets)),
      waiting(options.waiting_requests_max, options.handler_threads),
      crowd({options.connections_max, options.connections_per_peer_max}) {}

void Core::add(std::unique_ptr<Wire> wire, const std::string& peer) {
    const Crowd::Id id = ++last_id;
    const auto verdict = crowd.arrive(id, peer);
    if (verdict.leaves) {
        const auto leaving = connections.at(*verdict.leaves); // kept until it has closed itself
        leaving->close();
    }
    if (!verdict.admitted) {
        return;
    }
    connection_count.with([](auto& count) { ++count; });
    const auto connection = std::make_shared<Connection>(*this, id, std::move(wire), peer);
    connections.emplace(id, connection);
    connection->begin();
}

void Core::forget(Crowd::Id id) {
    crowd.leave(id);
    if (connections.erase(id) > 0) {
        connection_count.with([](auto& count) { --count; });
        connection_ended.notify_all();
    }
}

void Core::close(Which which) {
    const auto all = connections; // closing takes them out
    for (const auto& [id, connection] : all) {
        which == Which::Idle ? connection->close_if_idle() : connection->close();
    }
}

bool Core::hold(const std::string& client, std::size_t bytes) {
    if (bytes == 0) {
        return true;
    }
    const auto known = answer_bytes_of.find(client);
    const std::size_t own = known == answer_bytes_of.end() ? 0 : known->second;
    const bool too_much = own > 0 && own + bytes > options.answer_bytes_max / client_share;
    if (too_much || answer_bytes + bytes > options.answer_bytes_max) {
        return false;
    }
    answer_bytes += bytes;
    answer_bytes_of[client] = own + bytes;
    return true;
}

void Core::release(const std::string& client, std::size_t bytes) {
    if (bytes == 0) {
        return;
    }
    answer_bytes -= bytes;
    const auto known = answer_bytes_of.find(client);
    known->second -= bytes;
    if (known->second == 0) {
        answer_bytes_of.erase(known);
    }
}

} // namespace pedigree::net
