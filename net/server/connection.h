#pragma once
// Connection: one client. Reads a request on the io thread (connection.cpp), lends itself to a
// handler thread as the Exchange (connection_exchange.cpp), writes what is left of the answer on
// the io thread, begins again. Never on two threads at once: the handler's thread waits while the
// io thread works for it, so no member needs a lock.
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

// Bodies read before the handler starts; idle connections hold no more.
constexpr std::size_t preload_bytes_max = 64 * 1024;

class Connection final : public Exchange, public std::enable_shared_from_this<Connection> {
  public:
    Connection(Core& core, std::unique_ptr<Wire> wire, std::string peer);

    // io thread
    void begin();
    void close_if_idle();
    void close();

    // handler thread
    void serve();
    const ServerRequest& request() const override { return request_; }
    Result<std::size_t> read(std::span<char> buffer) override;
    Status send(const Response& response) override;
    Status start(const Response& head, std::optional<std::uint64_t> body_bytes) override;
    Status write(std::string_view bytes) override;
    void abandon() override { abandoned_ = true; }
    std::stop_token stop() const override { return core_.stop.get_token(); }

  private:
    // io thread
    void next_request();
    void read_head();
    void receive_head();
    void on_head();
    void preload();
    void dispatch();
    void refuse(const Refusal& refusal);
    void write_tail();
    void after_answer(std::error_code outcome);
    void linger();
    void discard();
    void receive(std::size_t bytes, void (Connection::*next)());

    // handler thread
    Status fill();
    Status write_now(std::vector<std::string_view> pieces);
    std::pair<std::error_code, std::size_t> wait(const std::function<void(Done)>& begin);
    void finish();

    Core& core_;
    const std::unique_ptr<Wire> wire_;
    const std::string peer_;
    std::string common_name_;
    RequestReader reader_;
    ServerRequest request_;
    std::string preloaded_;
    std::size_t preloaded_bytes_ = 0; // that have arrived
    std::size_t preloaded_taken_ = 0;
    bool busy_ = false; // between the head of a request and the end of its answer

    bool expects_continue_ = false;
    bool started_ = false;
    bool close_after_ = false;
    bool abandoned_ = false;
    AnswerFraming framing_;
    std::uint64_t left_ = 0; // bytes of a sized body that are still to be written
    std::string tail_;       // of the answer, written when the handler has returned
};

} // namespace pedigree::net
