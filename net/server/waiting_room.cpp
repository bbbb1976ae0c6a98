#include "net/server/waiting_room.h"

#include <algorithm>

namespace pedigree::net {
namespace {

std::shared_ptr<Connection> first_of(std::deque<std::shared_ptr<Connection>>& queue) {
    auto connection = std::move(queue.front());
    queue.pop_front();
    return connection;
}

} // namespace

WaitingRoom::WaitingRoom(std::size_t requests_max, std::size_t threads)
    : requests_max_(requests_max), steps_running_max_(std::max<std::size_t>(1, threads / 2)) {}

bool WaitingRoom::ask(std::shared_ptr<Connection> connection) {
    auto content = content_.lock();
    if (content->closed || content->requests.size() >= requests_max_) {
        return false;
    }
    content->requests.push_back(std::move(connection));
    changed_.notify_one();
    return true;
}

bool WaitingRoom::go_on(std::shared_ptr<Connection> connection) {
    auto content = content_.lock();
    if (content->closed) {
        return false;
    }
    content->steps.push_back(std::move(connection));
    changed_.notify_one();
    return true;
}

std::optional<Turn> WaitingRoom::next() {
    auto content = content_.lock();
    const auto may_step = [&] {
        return !content->steps.empty() && content->steps_running < steps_running_max_;
    };
    content.wait(changed_, [&] {
        return !content->requests.empty() || may_step() ||
               (content->closed && content->steps.empty());
    });
    if (!content->requests.empty()) {
        return Turn{Turn::Kind::Request, first_of(content->requests)};
    }
    if (!may_step()) {
        return std::nullopt;
    }
    ++content->steps_running;
    return Turn{Turn::Kind::Step, first_of(content->steps)};
}

void WaitingRoom::done(Turn::Kind kind) {
    if (kind == Turn::Kind::Step) {
        --content_.lock()->steps_running;
        changed_.notify_all();
    }
}

void WaitingRoom::close() {
    content_.lock()->closed = true;
    changed_.notify_all();
}

} // namespace pedigree::net
