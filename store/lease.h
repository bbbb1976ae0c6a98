#pragma once
// Lease: a connection borrowed from a Pool, given back when the lease ends. A broken connection is
// closed instead, so that nobody borrows it again. Not shared between threads; the pool outlives
// it.

#include <memory>

#include "store/connection.h"

namespace pedigree::store {

class Pool;

class Lease {
  public:
    Lease(Pool& pool, std::unique_ptr<Connection> connection)
        : pool_(&pool), connection_(std::move(connection)) {}
    ~Lease();
    Lease(Lease&&) noexcept = default;
    Lease& operator=(Lease&&) = delete;

    Connection& operator*() const { return *connection_; }
    Connection* operator->() const { return connection_.get(); }
    bool held() const { return connection_ != nullptr; }

  private:
    Pool* pool_;
    std::unique_ptr<Connection> connection_;
};

} // namespace pedigree::store
