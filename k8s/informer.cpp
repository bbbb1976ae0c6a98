#include "k8s/informer.h"

#include <fmt/format.h>

#include "base/caught.h"
#include "base/log.h"
#include "base/pause.h"
#include "net/thread_name.h"

namespace pedigree::k8s {
namespace {

constexpr std::chrono::milliseconds sync_poll{10};
constexpr std::chrono::milliseconds pause_after_exception{1000};

} // namespace

Informer::Informer(Api& api, const ResourceType& type, ReflectorOptions options,
                   ChangeHandler handler, std::vector<std::string> indexed_labels)
    : type_(type), store_(std::move(indexed_labels)),
      reflector_(api, type, store_, std::move(options), std::move(handler)) {}

Informer::~Informer() {
    stop();
}

void Informer::start() {
    thread_ = std::jthread([this](std::stop_token stop) {
        net::name_this_thread(fmt::format("watch-{}", type_.plural));
        while (!stop.stop_requested()) { // it lists anew each time
            const Status ended = caught([&]() -> Status {
                reflector_.run(stop);
                return {};
            });
            if (!ended) {
                log_error("a watch threw and begins again",
                          {{"resource", type_.plural}, {"error", ended.error().message}});
                pause_for(pause_after_exception, stop);
            }
        }
    });
}

void Informer::stop() {
    if (thread_.joinable()) {
        thread_.request_stop();
        thread_.join();
    }
}

Status Informer::wait_until_synced(std::chrono::milliseconds limit, std::stop_token stop) const {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (!store_.has_synced()) {
        if (std::chrono::steady_clock::now() >= end) {
            return failure(ErrorCode::Timeout,
                           fmt::format("no complete list of {} within {} s; check the API server "
                                       "and the right to list and watch them",
                                       type_.plural, limit.count() / 1000));
        }
        if (!pause_for(sync_poll, stop)) {
            return failure(ErrorCode::Cancelled, "stopped");
        }
    }
    return {};
}

} // namespace pedigree::k8s
