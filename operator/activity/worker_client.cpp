#include "operator/activity/worker_client.h"

#include <cerrno>
#include <chrono>
#include <cstring>

#include <nlohmann/json.hpp>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/descriptor.h"
#include "base/errno_text.h"
#include "base/send_all.h"

namespace pedigree::control {
namespace {

// How much longer than the worker's own deadline we wait for its answer.
constexpr std::chrono::seconds answer_grace{15};
constexpr int poll_ms = 200; // how soon a stop request is noticed

tl::unexpected<Error> away(std::string_view doing) {
    return failure(ErrorCode::Unavailable,
                   "the worker is away: " + std::string(doing) + ": " + errno_text());
}

Result<Descriptor> connect_to(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) {
        return failure(ErrorCode::InvalidInput, "the worker's socket path is too long: " + path);
    }
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (socket.get() < 0) {
        return away("socket");
    }
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        return away("connecting to " + path);
    }
    return socket;
}

// Lines as they come, until the deadline or a stop.
class LineReader {
  public:
    LineReader(const Descriptor& socket, std::chrono::steady_clock::time_point deadline,
               std::stop_token stop)
        : socket_(socket), deadline_(deadline), stop_(std::move(stop)) {}

    Result<std::string> next() {
        for (;;) {
            const auto end = buffer_.find('\n');
            if (end != std::string::npos) {
                std::string line = buffer_.substr(0, end);
                buffer_.erase(0, end + 1);
                return line;
            }
            TRY(fill());
        }
    }

  private:
    Status fill() {
        if (stop_.stop_requested()) {
            return failure(ErrorCode::Cancelled, "stopped while the worker was at work");
        }
        if (std::chrono::steady_clock::now() > deadline_) {
            return failure(ErrorCode::Timeout, "the worker did not answer in time");
        }
        if (buffer_.size() > records::work::line_bytes_max) {
            return failure(ErrorCode::TooLarge, "the worker's answer is too large");
        }
        pollfd waiting{socket_.get(), POLLIN, 0};
        if (::poll(&waiting, 1, poll_ms) <= 0) {
            return {};
        }
        char piece[64 * 1024];
        const ssize_t count = ::recv(socket_.get(), piece, sizeof piece, 0);
        if (count < 0 && errno == EINTR) {
            return {};
        }
        if (count <= 0) {
            return failure(ErrorCode::Unavailable, "the worker ended the connection early");
        }
        buffer_.append(piece, static_cast<std::size_t>(count));
        return {};
    }

    const Descriptor& socket_;
    const std::chrono::steady_clock::time_point deadline_;
    const std::stop_token stop_;
    std::string buffer_;
};

} // namespace

Status WorkerClient::reach() const {
    TRY(connect_to(socket_path_));
    return {};
}

Result<WorkAnswer>
WorkerClient::run(const records::work::WorkRequest& request, const Json& input,
                  const std::function<void(const records::work::Progress&)>& on_progress,
                  std::stop_token stop) {
    TRY(const Descriptor socket, connect_to(socket_path_));
    if (auto sent = send_all(socket.get(), records::work::encode_request(request, input)); !sent) {
        return tl::unexpected<Error>(std::move(sent.error()).within("the worker is away"));
    }
    const auto deadline = std::chrono::steady_clock::now() +
                          std::chrono::seconds(request.deadline_seconds) + answer_grace;
    LineReader lines(socket, deadline, stop);
    for (;;) {
        TRY(const std::string line, lines.next());
        TRY(const auto answer, records::work::decode_answer(line));
        if (answer.progress) {
            on_progress(*answer.progress);
        } else if (answer.failure) {
            return WorkAnswer(*answer.failure);
        } else {
            TRY(Json outcome, parse_json(answer.outcome.value_or("")));
            return WorkAnswer(std::move(outcome));
        }
    }
}

} // namespace pedigree::control
