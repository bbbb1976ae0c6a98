#pragma once
// WaitingRoom: the connections that wait for a thread: requests for their handler, answers for
// their next step (Exchange::in_steps). A step may take as long as what it fetches, so at most half
// of the threads (of one: it) do steps at a time, and a request never waits behind them all.
// Requests above their bound are refused; each connection has at most one answer, so those need
// none. Any thread.

#include <condition_variable>
#include <deque>
#include <memory>
#include <optional>

#include "base/sync.h"

namespace pedigree::net {

class Connection;

struct Turn {
    enum class Kind { Request, Step };
    Kind kind = Kind::Request;
    std::shared_ptr<Connection> connection;
};

class WaitingRoom {
  public:
    WaitingRoom(std::size_t requests_max, std::size_t threads);

    // False: full or closed.
    bool ask(std::shared_ptr<Connection> connection);
    // False: closed.
    bool go_on(std::shared_ptr<Connection> connection);

    // The next one, or nothing when the room is closed and empty. done() follows each turn.
    std::optional<Turn> next();
    void done(Turn::Kind kind);
    void close();

  private:
    struct Content {
        std::deque<std::shared_ptr<Connection>> requests, steps;
        std::size_t steps_running = 0;
        bool closed = false;
    };
    const std::size_t requests_max_;
    const std::size_t steps_running_max_;
    Sync<Content> content_;
    std::condition_variable changed_;
};

} // namespace pedigree::net
