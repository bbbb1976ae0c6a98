#include "base/process.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/child_process.h"
#include "base/descriptor.h"

namespace pedigree {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

constexpr std::size_t pipe_read_bytes = 64 * 1024;
// Once the child and what it started are dead, its pipes hold at most what fits into them. A longer
// wait is for somebody else, who was handed an end of one.
constexpr std::chrono::milliseconds drain_time_max{1000};

// 0 once it has passed.
int milliseconds_until(SteadyTime deadline) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, INT_MAX));
}

// What arrives on standard output: a bounded text, or lines for the caller.
class Output {
  public:
    explicit Output(const ProcessRequest& request) : request_(request) {}

    Status take(std::string_view bytes) {
        pending_ += bytes;
        if (request_.on_line) {
            std::size_t begin = 0;
            for (std::size_t end; (end = pending_.find('\n', begin)) != std::string::npos;
                 begin = end + 1) {
                TRY(request_.on_line(std::string_view(pending_).substr(begin, end - begin)));
            }
            pending_.erase(0, begin);
        }
        if (pending_.size() > request_.output_bytes_max) {
            return failure(ErrorCode::TooLarge,
                           fmt::format("{} wrote more than {} bytes", request_.argv.front(),
                                       request_.output_bytes_max));
        }
        return {};
    }
    Status finish() {
        if (request_.on_line && !pending_.empty()) {
            TRY(request_.on_line(pending_));
            pending_.clear();
        }
        return {};
    }
    std::string text() && { return std::move(pending_); }

  private:
    const ProcessRequest& request_;
    std::string pending_;
};

// The parent's side of a running child: feeds, drains and watches until it ends.
class Conversation {
  public:
    Conversation(const ProcessRequest& request, ChildProcess& child)
        : request_(request), output_(request), input_(std::move(child.input)),
          output_pipe_(std::move(child.output)), error_pipe_(std::move(child.error_output)) {
        ::fcntl(input_.get(), F_SETFL, O_NONBLOCK);
    }

    Status run(const ChildProcess& child, int stop_descriptor, SteadyTime deadline) {
        if (request_.input.empty()) {
            input_.close();
        }
        for (;;) {
            const int left = milliseconds_until(deadline);
            if (left == 0) {
                return failure(ErrorCode::Timeout,
                               fmt::format("{} did not end within {} ms", request_.argv.front(),
                                           request_.deadline.count()));
            }
            // poll ignores negative descriptors, so what is closed drops out by itself.
            std::array<pollfd, 6> watched{{{child.exit_descriptor(), POLLIN, 0},
                                           {stop_descriptor, POLLIN, 0},
                                           {request_.abandoned_by.value_or(-1), POLLRDHUP, 0},
                                           {input_.get(), POLLOUT, 0},
                                           {output_pipe_.get(), POLLIN, 0},
                                           {error_pipe_.get(), POLLIN, 0}}};
            ::poll(watched.data(), watched.size(), left);
            if (watched[1].revents != 0 || watched[2].revents != 0) {
                return failure(ErrorCode::Cancelled, request_.argv.front() + " was stopped");
            }
            if (watched[3].revents != 0) {
                feed();
            }
            TRY(drain_what_is_ready(watched[4], watched[5]));
            if (watched[0].revents != 0) {
                return {};
            }
        }
    }

    // What the pipes still hold once the child is dead.
    Status finish() {
        const SteadyTime deadline = std::chrono::steady_clock::now() + drain_time_max;
        while (output_pipe_.valid() || error_pipe_.valid()) {
            std::array<pollfd, 2> watched{
                {{output_pipe_.get(), POLLIN, 0}, {error_pipe_.get(), POLLIN, 0}}};
            if (::poll(watched.data(), watched.size(), milliseconds_until(deadline)) == 0) {
                break;
            }
            TRY(drain_what_is_ready(watched[0], watched[1]));
        }
        return output_.finish();
    }

    ProcessResult result(int status) && {
        ProcessResult result;
        result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
        result.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
        result.output = std::move(output_).text();
        result.error_output = std::move(error_output_);
        return result;
    }

  private:
    Status take_output(std::string_view bytes) { return output_.take(bytes); }
    Status take_error(std::string_view bytes) {
        error_output_ += bytes;
        if (error_output_.size() > request_.error_bytes_max) {
            error_output_.erase(0, error_output_.size() - request_.error_bytes_max);
        }
        return {};
    }

    void feed() {
        const ssize_t count =
            ::write(input_.get(), request_.input.data() + fed_, request_.input.size() - fed_);
        if (count > 0) {
            fed_ += static_cast<std::size_t>(count);
        }
        const bool broken = count < 0 && errno != EAGAIN && errno != EINTR;
        if (broken || fed_ == request_.input.size()) {
            input_.close();
        }
    }

    Status drain_what_is_ready(const pollfd& output, const pollfd& error_output) {
        if (output.revents != 0) {
            TRY(drain(output_pipe_, &Conversation::take_output));
        }
        if (error_output.revents != 0) {
            TRY(drain(error_pipe_, &Conversation::take_error));
        }
        return {};
    }

    Status drain(Descriptor& pipe, Status (Conversation::*take)(std::string_view)) {
        std::array<char, pipe_read_bytes> buffer;
        const ssize_t count = ::read(pipe.get(), buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR) {
            return {};
        }
        if (count <= 0) {
            pipe.close();
            return {};
        }
        return (this->*take)({buffer.data(), static_cast<std::size_t>(count)});
    }

    const ProcessRequest& request_;
    Output output_;
    std::string error_output_;
    std::size_t fed_ = 0;
    Descriptor input_, output_pipe_, error_pipe_;
};

} // namespace

Result<ProcessResult> run_process(const ProcessRequest& request, std::stop_token stop) {
    const SteadyTime deadline = std::chrono::steady_clock::now() + request.deadline;
    if (request.argv.empty() || !request.argv.front().starts_with('/')) {
        return failure(ErrorCode::InvalidInput, "a program is started by its absolute path");
    }
    TRY(ChildProcess child, ChildProcess::start(request));
    const Descriptor stopped(::eventfd(0, EFD_CLOEXEC));
    const std::stop_callback wake(stop, [&] { ::eventfd_write(stopped.get(), 1); });
    Conversation conversation(request, child);
    TRY(conversation.run(child, stopped.get(), deadline));
    const int status = child.end();
    TRY(conversation.finish());
    return std::move(conversation).result(status);
}

} // namespace pedigree
