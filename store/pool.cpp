#include "store/pool.h"

#include <fmt/format.h>

namespace pedigree::store {

Lease::~Lease() {
    if (connection_) {
        pool_->give_back(std::move(connection_));
    }
}

Pool::Pool(Secret dsn, PoolOptions options) : dsn_(std::move(dsn)), options_(std::move(options)) {}

Result<Transaction> Pool::begin(const TransactionOptions& options) {
    TRY(Lease lease, acquire());
    auto transaction = Transaction::begin(std::move(lease), options);
    if (transaction || transaction.error().code != ErrorCode::Unavailable) {
        return transaction;
    }
    // The server was restarted while the connection lay idle; the others are as dead. Nothing was
    // begun, so a second try on a fresh one repeats nothing.
    drop_idle();
    TRY(Lease fresh, acquire());
    return Transaction::begin(std::move(fresh), options);
}

Result<Lease> Pool::acquire() {
    std::unique_ptr<Connection> idle;
    {
        auto state = state_.lock();
        const bool free = state.wait_for(returned_, options_.acquire_timeout,
                                         [&] { return state->lent < options_.connections_max; });
        if (!free) {
            return failure(ErrorCode::TooMany, fmt::format("all {} database connections are in use",
                                                           options_.connections_max));
        }
        ++state->lent;
        if (!state->idle.empty()) {
            idle = std::move(state->idle.back());
            state->idle.pop_back();
        }
    }
    return idle ? Lease(*this, std::move(idle)) : acquire_new();
}

Result<Lease> Pool::acquire_new() {
    auto opened = Connection::open(dsn_, options_.connect);
    if (!opened) {
        give_back(nullptr);
        return tl::unexpected(std::move(opened).error());
    }
    return Lease(*this, std::make_unique<Connection>(*std::move(opened)));
}

void Pool::give_back(std::unique_ptr<Connection> connection) {
    {
        auto state = state_.lock();
        --state->lent;
        if (connection && !connection->broken()) {
            state->idle.push_back(std::move(connection));
        }
    }
    returned_.notify_one();
}

void Pool::drop_idle() {
    std::vector<std::unique_ptr<Connection>> dead;
    state_.lock()->idle.swap(dead); // closed after the lock is gone
}

} // namespace pedigree::store
