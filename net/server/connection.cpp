// The io thread's side of a connection: from the first byte of a request to the handler, and from
// the handler's return to the next request.

#include "net/server/connection.h"

namespace pedigree::net {
namespace {

constexpr std::size_t head_piece_bytes = 8 * 1024;
constexpr std::chrono::seconds linger_time_max{2};

} // namespace

Connection::Connection(Core& core, std::unique_ptr<Wire> wire, std::string peer)
    : core_(core), wire_(std::move(wire)), peer_(std::move(peer)),
      reader_({core.options.header_bytes_max, core.options.body_bytes_max}) {}

void Connection::begin() {
    wire_->limit(core_.options.header_time_max);
    wire_->handshake([self = shared_from_this()](std::error_code outcome, std::size_t) {
        if (outcome) {
            return self->close();
        }
        self->common_name_ = self->wire_->client_common_name();
        self->next_request();
    });
}

void Connection::close() {
    wire_->close();
    core_.forget(shared_from_this());
}

void Connection::close_if_idle() {
    if (!busy_) {
        close();
    }
}

void Connection::receive(std::size_t bytes, void (Connection::*next)()) {
    wire_->read(reader_.room(bytes),
                [self = shared_from_this(), next](std::error_code outcome, std::size_t count) {
                    if (outcome) {
                        return self->close();
                    }
                    self->reader_.received(count);
                    ((*self).*next)();
                });
}

void Connection::next_request() {
    busy_ = false;
    if (core_.stop.stop_requested()) {
        return close();
    }
    reader_.begin();
    started_ = close_after_ = abandoned_ = expects_continue_ = false;
    preloaded_.clear();
    preloaded_bytes_ = preloaded_taken_ = 0;
    tail_.clear();
    if (reader_.has_bytes()) {
        return receive_head();
    }
    reader_.shrink(preload_bytes_max);
    wire_->limit(core_.options.idle_time_max);
    receive(head_piece_bytes, &Connection::receive_head);
}

// The first bytes of a request are there: the whole head has to follow within its time.
void Connection::receive_head() {
    busy_ = true;
    wire_->limit(core_.options.header_time_max);
    read_head();
}

void Connection::read_head() {
    switch (reader_.read_head()) {
    case RequestReader::Head::Incomplete:
        return receive(head_piece_bytes, &Connection::read_head);
    case RequestReader::Head::Refused:
        return refuse(reader_.refusal());
    case RequestReader::Head::Complete:
        return on_head();
    }
}

void Connection::on_head() {
    request_ = reader_.request();
    request_.peer_address = peer_;
    request_.client_common_name = common_name_;
    expects_continue_ =
        equal_ignoring_case(request_.headers.value_or("Expect", ""), "100-continue");
    close_after_ = !reader_.keeps_alive();
    const bool small = request_.body_bytes && *request_.body_bytes <= preload_bytes_max;
    if (!small || expects_continue_ || reader_.body_complete()) {
        return dispatch();
    }
    preloaded_.resize(*request_.body_bytes);
    preload();
}

void Connection::preload() {
    while (reader_.has_bytes() && !reader_.body_complete()) {
        const auto count = reader_.read_body(std::span(preloaded_).subspan(preloaded_bytes_));
        if (!count) {
            return refuse({400, count.error().message});
        }
        preloaded_bytes_ += *count;
    }
    if (reader_.body_complete()) {
        return dispatch();
    }
    wire_->limit(core_.options.io_time_max);
    receive(preload_bytes_max, &Connection::preload);
}

void Connection::dispatch() {
    if (!core_.waiting.try_push(shared_from_this())) {
        refuse({503, "all handlers are busy; try again"});
    }
}

void Connection::refuse(const Refusal& refusal) {
    close_after_ = true;
    Response answer{refusal.status, {{"Content-Type", "text/plain"}}, refusal.why + "\n"};
    if (refusal.status == 503) {
        answer.headers.add("Retry-After", "1");
    }
    tail_ = answer_head(answer, {AnswerBody::Sized, answer.body.size(), AfterAnswer::Close}) +
            answer.body;
    write_tail();
}

void Connection::write_tail() {
    if (tail_.empty()) {
        return after_answer({});
    }
    wire_->limit(core_.options.io_time_max);
    wire_->write({tail_}, [self = shared_from_this()](std::error_code outcome, std::size_t) {
        self->after_answer(outcome);
    });
}

void Connection::after_answer(std::error_code outcome) {
    if (outcome) {
        return close();
    }
    close_after_ ? linger() : next_request();
}

// Closing with unread bytes would reset the connection and might destroy the answer on its way.
void Connection::linger() {
    wire_->end_writing();
    wire_->limit(linger_time_max);
    discard();
}

void Connection::discard() {
    reader_.drop_bytes();
    receive(preload_bytes_max, &Connection::discard);
}

} // namespace pedigree::net
