#pragma once
// Pool: at most N connections to one database under one role, opened when needed. begin() is how
// everything in pedigree reaches PostgreSQL. Any thread may call; the pool outlives what it lends.
// Errors: Unavailable (database away; the message says why) or TooMany (none free in time).
//
//     Pool pool(database_url, {.connections_max = 6, .connect = {.role = "pedigree_writer"}});
//     TRY(Transaction transaction, pool.begin());
//     TRY(transaction.execute("DELETE FROM intent WHERE target = $1", {name}));
//     TRY(transaction.commit());

#include <chrono>
#include <cstddef>
#include <memory>
#include <vector>

#include "base/secret.h"
#include "base/sync.h"
#include "store/lease.h"
#include "store/transaction.h"

namespace pedigree::store {

struct PoolOptions {
    std::size_t connections_max = 4;
    std::chrono::milliseconds acquire_timeout{10'000};
    ConnectOptions connect;
};

class Pool {
  public:
    Pool(Secret dsn, PoolOptions options);

    Result<Transaction> begin(const TransactionOptions& options = {});
    // A connection without a transaction.
    Result<Lease> acquire();

  private:
    friend class Lease;
    struct State {
        std::vector<std::unique_ptr<Connection>> idle;
        std::size_t lent = 0;
    };

    Result<Lease> acquire_new(); // the slot is ours already
    void give_back(std::unique_ptr<Connection> connection);
    void drop_idle();

    Secret dsn_;
    PoolOptions options_;
    Sync<State> state_;
    std::condition_variable returned_;
};

} // namespace pedigree::store
