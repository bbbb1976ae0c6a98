#pragma once
// Connection: one client. Reads a request on the io thread (connection.cpp), lends itself to a
// handler thread as the Exchange (connection_exchange.cpp), writes what is left of the answer on
// the io thread, lends itself again for each further step of it, begins again. Never on two threads
// at once: the handler's thread waits while the io thread works for it, so no member needs a lock.
//
// Kept alive by whoever works for it next: the operation on its wire, the queue, the handler
// thread.

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "net/answer_head.h"
#include "net/http_server.h"
#include "net/server/core.h"
#include "net/server/request_reader.h"
#include "net/server/wire.h"

namespace pedigree::net {

// What a client with "Expect: 100-continue" waits for before it sends its body.
constexpr std::string_view go_on_line = "HTTP/1.1 100 Continue\r\n\r\n";

class Connection final : public Exchange, public std::enable_shared_from_this<Connection> {
  public:
    Connection(Core& core, Crowd::Id id, std::unique_ptr<Wire> wire, std::string peer);

    // io thread
    void begin();
    void close_if_idle();
    void close();

    // handler thread
    void serve(Turn::Kind kind);
    const ServerRequest& request() const override { return request_; }
    Result<std::size_t> read(std::span<char> buffer) override;
    Status send(const Response& response) override;
    Status start(const Response& head, std::optional<std::uint64_t> body_bytes) override;
    Status write(std::string_view bytes) override;
    void in_steps(Step step) override { step_ = std::move(step); }
    void on_behalf_of(const std::string& client) override { client_ = client; }
    void abandon() override { abandoned_ = true; }
    std::stop_token stop() const override { return core_.stop.get_token(); }

  private:
    // io thread
    void next_request();
    void read_head();
    void receive_head();
    void on_head();
    void begin_preload();
    void preload();
    void dispatch();
    void refuse(const Refusal& refusal);
    void end_turn();
    void hold_tail();
    void write_tail();
    void after_tail(std::error_code outcome);
    void release_memory();
    void linger();
    void discard();
    void receive(std::size_t bytes, void (Connection::*next)());

    // handler thread
    Status fill();
    Status write_now(std::vector<std::string_view> pieces);
    std::pair<std::error_code, std::size_t> wait(const std::function<void(Done)>& begin);
    void finish();

    Core& core_;
    const Crowd::Id id_;
    const std::unique_ptr<Wire> wire_;
    const std::string peer_;
    std::string common_name_;
    std::string client_; // whom the answer's memory is counted for
    RequestReader reader_;
    ServerRequest request_;
    std::string preloaded_;
    std::size_t preloaded_bytes_ = 0; // that have arrived
    std::size_t preloaded_taken_ = 0;
    bool busy_ = false; // between the head of a request and the end of its answer

    bool expects_continue_ = false;
    bool started_ = false;
    bool sent_ = false; // something of the answer has gone out
    bool close_after_ = false;
    bool abandoned_ = false;
    AnswerFraming framing_;
    std::uint64_t left_ = 0;     // bytes of a sized body that are still to be written
    std::string tail_;           // of the answer, written when the turn has ended
    std::size_t held_bytes_ = 0; // of Core's memory for answers
    Step step_;                  // what follows when the tail was taken
};

} // namespace pedigree::net
