#pragma once
// Transaction: what is done between BEGIN and COMMIT on a connection borrowed from a Pool.
// Destroyed without commit() it rolls back and gives the connection back. Not shared between
// threads.
//
// commit() that fails leaves one of two fates: RolledBack (certainly nothing happened), or Unknown:
// the connection was lost after COMMIT had been sent, so the rows may or may not be there. Both are
// errors, so that TRY never takes an unknown commit for a done one; who must know looks at fate(),
// and then at the database, before repeating.
//
// A transaction opened with an epoch is fenced: it fails with Conflict when a newer leader has
// claimed an epoch, and while it runs no newer epoch can be claimed (store/epoch.h).

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "store/connection.h"
#include "store/lease.h"

namespace pedigree::store {

enum class Isolation { ReadCommitted, RepeatableRead, Serializable };
enum class Access { ReadWrite, ReadOnly };

// Which leader writes: the number that PostgreSQL gave it.
struct Epoch {
    std::int64_t number = 0;

    auto operator<=>(const Epoch&) const = default;
};

struct TransactionOptions {
    Isolation isolation = Isolation::ReadCommitted;
    Access access = Access::ReadWrite;
    std::optional<Epoch> epoch{};
};

enum class Fate { Open, Committed, RolledBack, Unknown };

// A lock that lives in the database, not in a table: two processes that use the same name exclude
// each other. The number is derived from the name.
struct AdvisoryLock {
    std::int64_t key = 0;

    static AdvisoryLock named(std::string_view name);
};

class Transaction {
  public:
    // Used by Pool::begin.
    static Result<Transaction> begin(Lease lease, const TransactionOptions& options);
    ~Transaction();
    Transaction(Transaction&&) noexcept;
    Transaction& operator=(Transaction&&) = delete;

    Result<Rows> query(std::string_view sql, const Parameters& parameters = {});
    // The number of rows inserted, updated or deleted.
    Result<std::int64_t> execute(std::string_view sql, const Parameters& parameters = {});
    Result<Rows> run_script(std::string_view sql);

    // Held until the transaction ends.
    Status lock(AdvisoryLock lock);
    Result<bool> try_lock(AdvisoryLock lock);

    Status commit();
    void rollback();
    Fate fate() const { return fate_; }

    void set_statement_deadline(std::chrono::milliseconds deadline);

  private:
    explicit Transaction(Lease lease) : lease_(std::move(lease)) {}
    Status check_epoch(Epoch epoch);

    Lease lease_;
    Fate fate_ = Fate::Open;
};

} // namespace pedigree::store
