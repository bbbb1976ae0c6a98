// The io thread's side of a connection: from the first byte of a request to the handler, and from
// the handler's return to the next request.

#include "net/server/connection.h"

namespace pedigree::net {
namespace {

constexpr std::size_t head_piece_bytes = 8 * 1024;
constexpr std::size_t body_piece_bytes = 64 * 1024;
constexpr std::size_t idle_bytes_max = 64 * 1024;      // what a connection keeps between requests
constexpr std::size_t uncounted_bytes_max = 64 * 1024; // of an answer; connections are bounded
constexpr std::chrono::seconds linger_time_max{2};

} // namespace

Connection::Connection(Core& core, Crowd::Id id, std::unique_ptr<Wire> wire, std::string peer)
    : core_(core), id_(id), wire_(std::move(wire)), peer_(std::move(peer)),
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
    const auto self = shared_from_this(); // forgetting may drop the last one
    wire_->close();
    release_memory();
    core_.forget(id_);
}

void Connection::release_memory() {
    core_.release(client_, std::exchange(held_bytes_, 0));
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
    core_.crowd.waits(id_);
    if (core_.stop.stop_requested()) {
        return close();
    }
    reader_.begin();
    started_ = sent_ = close_after_ = abandoned_ = expects_continue_ = false;
    preloaded_ = {};
    preloaded_bytes_ = preloaded_taken_ = 0;
    tail_.clear();
    if (reader_.has_bytes()) {
        return receive_head();
    }
    reader_.shrink(idle_bytes_max);
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
    client_ = peer_;
    request_.peer_address = peer_;
    request_.client_common_name = common_name_;
    expects_continue_ =
        equal_ignoring_case(request_.headers.value_or("Expect", ""), "100-continue");
    close_after_ = !reader_.keeps_alive();
    // Of a body without a length only the bound is known.
    const auto bytes = request_.body_bytes.value_or(core_.options.body_bytes_max);
    if (bytes > core_.options.preload_bytes_max || reader_.body_complete()) {
        return dispatch();
    }
    preloaded_.resize(bytes);
    begin_preload();
}

void Connection::begin_preload() {
    wire_->limit(core_.options.body_time_max);
    if (!std::exchange(expects_continue_, false)) {
        return preload();
    }
    wire_->write({go_on_line}, [self = shared_from_this()](std::error_code outcome, std::size_t) {
        outcome ? self->close() : self->preload();
    });
}

void Connection::preload() {
    while (reader_.has_bytes() && !reader_.body_complete()) {
        const auto count = reader_.read_body(std::span(preloaded_).subspan(preloaded_bytes_));
        if (!count) {
            const bool too_large = count.error().code == ErrorCode::TooLarge;
            return refuse({too_large ? 413 : 400, count.error().message});
        }
        if (*count == 0) {
            break;
        }
        preloaded_bytes_ += *count;
    }
    if (reader_.body_complete()) {
        return dispatch();
    }
    receive(body_piece_bytes, &Connection::preload);
}

void Connection::dispatch() {
    core_.crowd.works(id_);
    if (!core_.waiting.ask(shared_from_this())) {
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

void Connection::end_turn() {
    if (!abandoned_) {
        hold_tail();
    }
    abandoned_ ? close() : write_tail();
}

// What waits for this client may not be more than all clients together may make us keep.
void Connection::hold_tail() {
    if (tail_.size() <= uncounted_bytes_max) {
        return;
    }
    if (core_.hold(client_, tail_.size())) {
        held_bytes_ = tail_.size();
        return;
    }
    step_ = nullptr;
    tail_ = {};
    if (sent_) {
        abandoned_ = true;
        return;
    }
    const Response busy{503,
                        {{"Content-Type", "text/plain"}, {"Retry-After", "1"}},
                        "too many answers wait for slow clients; try again\n"};
    close_after_ = true;
    tail_ =
        answer_head(busy, {AnswerBody::Sized, busy.body.size(), AfterAnswer::Close}) + busy.body;
}

void Connection::write_tail() {
    if (tail_.empty()) {
        return after_tail({});
    }
    sent_ = true;
    wire_->limit(core_.options.io_time_max);
    wire_->write({tail_}, [self = shared_from_this()](std::error_code outcome, std::size_t) {
        self->after_tail(outcome);
    });
}

void Connection::after_tail(std::error_code outcome) {
    if (outcome) {
        return close();
    }
    release_memory();
    tail_ = {}; // gives its memory back
    if (!step_) {
        return close_after_ ? linger() : next_request();
    }
    if (!core_.waiting.go_on(shared_from_this())) {
        close(); // the server stops
    }
}

// Closing with unread bytes would reset the connection and might destroy the answer on its way.
void Connection::linger() {
    core_.crowd.waits(id_);
    wire_->end_writing();
    wire_->limit(linger_time_max);
    discard();
}

void Connection::discard() {
    reader_.drop_bytes();
    receive(head_piece_bytes, &Connection::discard);
}

} // namespace pedigree::net
