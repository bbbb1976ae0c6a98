#pragma once
// WorkerClient: one piece of work done by the worker over its unix socket (records/work). One
// connection a call; any thread may call. The worker ends the child when the connection closes, so
// a stop request ends the work.

#include <functional>
#include <stop_token>
#include <string>
#include <variant>

#include "base/json.h"
#include "base/result.h"
#include "records/work/work.h"

namespace pedigree::control {

using WorkAnswer = std::variant<Json, records::work::WorkFailure>;

class Worker {
  public:
    virtual ~Worker() = default;
    // Unavailable: the worker is away or ended the connection early; the work may be repeated.
    virtual Result<WorkAnswer>
    run(const records::work::WorkRequest& request, const Json& input,
        const std::function<void(const records::work::Progress&)>& on_progress,
        std::stop_token stop) = 0;
};

class WorkerClient final : public Worker {
  public:
    explicit WorkerClient(std::string socket_path) : socket_path_(std::move(socket_path)) {}
    Result<WorkAnswer> run(const records::work::WorkRequest& request, const Json& input,
                           const std::function<void(const records::work::Progress&)>& on_progress,
                           std::stop_token stop) override;
    // Unavailable: nobody listens at the socket.
    Status reach() const;

  private:
    const std::string socket_path_;
};

} // namespace pedigree::control
