// The handler thread's side of a connection: the Exchange that a handler reads from and answers.

#include <algorithm>
#include <semaphore>

#include <fmt/format.h>

#include "base/log.h"
#include "net/server/connection.h"

namespace pedigree::net {
namespace {

// Of a body too large to be preloaded. Each piece costs two changes of thread and a send to whoever
// it is passed on to.
constexpr std::size_t read_piece_bytes = 512 * 1024;
// The last piece of an answer that is not in steps may go out after the handler returned.
constexpr std::size_t deferred_bytes_max = 256 * 1024;

} // namespace

std::pair<std::error_code, std::size_t> Connection::wait(const std::function<void(Done)>& begin) {
    std::binary_semaphore done(0);
    std::pair<std::error_code, std::size_t> result;
    core_.listener->post([&] {
        wire_->limit(core_.options.io_time_max);
        begin([&](std::error_code outcome, std::size_t count) {
            result = {outcome, count};
            done.release();
        });
    });
    done.acquire();
    return result;
}

Status Connection::fill() {
    const auto [outcome, count] =
        wait([&](Done done) { wire_->read(reader_.room(read_piece_bytes), std::move(done)); });
    if (!outcome) {
        reader_.received(count);
        return {};
    }
    if (core_.stop.stop_requested()) {
        return failure(ErrorCode::Cancelled, "the server stops");
    }
    return failure(outcome == std::errc::timed_out ? ErrorCode::Timeout : ErrorCode::Unavailable,
                   fmt::format("reading the request's body: {}", outcome.message()));
}

Result<std::size_t> Connection::read(std::span<char> buffer) {
    if (preloaded_taken_ < preloaded_bytes_) {
        const auto count = std::min(buffer.size(), preloaded_bytes_ - preloaded_taken_);
        std::copy_n(preloaded_.data() + preloaded_taken_, count, buffer.data());
        preloaded_taken_ += count;
        return count;
    }
    while (!reader_.body_complete() && !buffer.empty()) {
        if (expects_continue_) {
            expects_continue_ = false;
            TRY(write_now({go_on_line}));
        }
        TRY(const std::size_t count, reader_.read_body(buffer));
        if (count > 0) {
            return count;
        }
        if (!reader_.body_complete()) {
            TRY(fill());
        }
    }
    return 0;
}

Status Connection::write_now(std::vector<std::string_view> pieces) {
    const auto [outcome, count] =
        wait([&](Done done) { wire_->write(std::move(pieces), std::move(done)); });
    (void)count;
    if (!outcome) {
        return {};
    }
    close_after_ = true;
    return failure(ErrorCode::Unavailable,
                   fmt::format("writing the answer: {}", outcome.message()));
}

Status Connection::start(const Response& head, std::optional<std::uint64_t> body_bytes) {
    if (started_) {
        return failure(ErrorCode::Internal, "an answer was already begun");
    }
    started_ = true;
    close_after_ = close_after_ || !reader_.body_complete();
    const bool old_client = reader_.is_old_client();
    framing_.body_bytes = body_bytes.value_or(0);
    framing_.body = head.status == 204 || head.status == 304 ? AnswerBody::None
                    : body_bytes                             ? AnswerBody::Sized
                    : old_client                             ? AnswerBody::UntilClose
                                                             : AnswerBody::Chunked;
    close_after_ = close_after_ || framing_.body == AnswerBody::UntilClose;
    framing_.after = close_after_ ? AfterAnswer::Close : AfterAnswer::KeepAlive;
    tail_ = answer_head(head, framing_);
    if (request_.method == "HEAD") {
        framing_.body = AnswerBody::None; // the head tells the length, no body follows
    }
    left_ = framing_.body == AnswerBody::Sized ? framing_.body_bytes : 0;
    return {};
}

Status Connection::write(std::string_view bytes) {
    if (!started_) {
        return failure(ErrorCode::Internal, "the answer was not begun");
    }
    if (bytes.empty() || framing_.body == AnswerBody::None) {
        return {};
    }
    if (framing_.body == AnswerBody::Sized) {
        if (bytes.size() > left_) {
            return failure(ErrorCode::Internal, "the answer is longer than it was announced");
        }
        left_ -= bytes.size();
        if (left_ == 0 && tail_.size() + bytes.size() <= deferred_bytes_max) {
            tail_ += bytes;
            return {};
        }
    }
    std::string_view after;
    if (framing_.body == AnswerBody::Chunked) {
        tail_ += fmt::format("{:x}\r\n", bytes.size());
        after = "\r\n";
    }
    if (step_) {
        tail_.append(bytes).append(after);
        return {};
    }
    const std::string before = std::exchange(tail_, {});
    sent_ = true;
    return write_now({before, bytes, after});
}

Status Connection::send(const Response& response) {
    TRY(start(response, response.body.size()));
    if (framing_.body == AnswerBody::Sized) {
        tail_ += response.body;
        left_ = 0;
    }
    return {};
}

void Connection::serve(Turn::Kind kind) {
    try {
        if (kind == Turn::Kind::Request) {
            core_.handler(*this);
        } else if (!step_(*this)) {
            step_ = nullptr;
        }
    } catch (const std::exception& problem) {
        log_error("a request handler threw", {{"path", request_.path}, {"what", problem.what()}});
        abandoned_ = started_;
        step_ = nullptr;
    }
    if (!step_) {
        finish();
    }
    core_.listener->post([self = shared_from_this()] { self->end_turn(); });
}

void Connection::finish() {
    if (!started_) {
        const Status sent = send({500, {{"Content-Type", "text/plain"}}, "no answer\n"});
        close_after_ = close_after_ || !sent;
    }
    if (framing_.body == AnswerBody::Chunked) {
        tail_ += "0\r\n\r\n";
    }
    if (left_ > 0) { // shorter than announced: only a broken connection tells the client
        abandoned_ = true;
    }
}

} // namespace pedigree::net
