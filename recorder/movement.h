#pragma once
// Movement: when something of what is left at the end last got done. A record of many or large
// outputs takes as long as the store does; only one that stands still is given up (ending.h). Any
// thread.
//
// MovementHttp notes bytes that a server took, and answers that are no refusal, of the calls that
// go through it. Borrows both.

#include <atomic>
#include <chrono>

#include "net/http.h"

namespace pedigree::recorder {

class Movement {
  public:
    using Time = std::chrono::steady_clock::time_point;

    void note() { last_ = std::chrono::steady_clock::now(); }
    Time last() const { return last_; } // the epoch: nothing yet

  private:
    std::atomic<Time> last_{};
};

class MovementHttp final : public net::Http {
  public:
    MovementHttp(net::Http& http, Movement& movement) : http_(http), movement_(movement) {}

    using Http::send;
    Result<net::Response> send(const net::Request& request, std::stop_token stop) override;

  private:
    net::Http& http_;
    Movement& movement_;
};

} // namespace pedigree::recorder
