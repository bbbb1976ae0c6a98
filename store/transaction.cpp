#include "store/transaction.h"

#include <fmt/format.h>

#include "base/digest.h"
#include "store/epoch.h"

namespace pedigree::store {
namespace {

std::string begin_statement(const TransactionOptions& options) {
    std::string_view isolation = "READ COMMITTED";
    if (options.isolation == Isolation::RepeatableRead) {
        isolation = "REPEATABLE READ";
    } else if (options.isolation == Isolation::Serializable) {
        isolation = "SERIALIZABLE";
    }
    return fmt::format("BEGIN ISOLATION LEVEL {} {}", isolation,
                       options.access == Access::ReadOnly ? "READ ONLY" : "READ WRITE");
}

} // namespace

AdvisoryLock AdvisoryLock::named(std::string_view name) {
    const Digest digest = sha256(name);
    std::uint64_t key = 0;
    for (std::size_t i = 0; i < 8; ++i) {
        key = key << 8 | digest.bytes[i];
    }
    return {static_cast<std::int64_t>(key)};
}

Result<Transaction> Transaction::begin(Lease lease, const TransactionOptions& options) {
    Transaction transaction(std::move(lease));
    TRY(transaction.lease_->run_script(begin_statement(options)));
    if (options.epoch) {
        TRY(transaction.check_epoch(*options.epoch));
    }
    return transaction;
}

// The shared lock and the look are two statements: the look's snapshot is then newer than any claim
// that the lock waited for.
Status Transaction::check_epoch(Epoch epoch) {
    TRY(query("SELECT pg_advisory_xact_lock_shared($1)", {epoch_lock().key}));
    TRY(const auto rows, query("SELECT coalesce(max(number), 0), "
                               "set_config('pedigree.epoch', $1, true) FROM epoch",
                               {std::to_string(epoch.number)}));
    TRY(const auto row, (rows.at_most_one<std::int64_t, std::string>()));
    const std::int64_t newest = row ? std::get<0>(*row) : 0;
    if (newest != epoch.number) {
        Error over(ErrorCode::Conflict,
                   fmt::format("epoch {} is over, epoch {} leads now: stop writing", epoch.number,
                               newest));
        over.reason = stale_epoch_reason;
        return tl::unexpected<Error>(std::move(over));
    }
    return {};
}

Transaction::Transaction(Transaction&& other) noexcept
    : lease_(std::move(other.lease_)), fate_(other.fate_) {}

Transaction::~Transaction() {
    if (lease_.held()) {
        rollback();
    }
}

Result<Rows> Transaction::query(std::string_view sql, const Parameters& parameters) {
    return lease_->query(sql, parameters);
}

Result<std::int64_t> Transaction::execute(std::string_view sql, const Parameters& parameters) {
    TRY(const Rows rows, lease_->query(sql, parameters));
    return rows.affected();
}

Result<Rows> Transaction::run_script(std::string_view sql) {
    return lease_->run_script(sql);
}

Status Transaction::lock(AdvisoryLock lock) {
    TRY(query("SELECT pg_advisory_xact_lock($1)", {lock.key}));
    return {};
}

Result<bool> Transaction::try_lock(AdvisoryLock lock) {
    TRY(const Rows rows, query("SELECT pg_try_advisory_xact_lock($1)", {lock.key}));
    return rows.value<bool>();
}

Status Transaction::commit() {
    if (fate_ != Fate::Open) {
        return failure(ErrorCode::Internal, "commit of a transaction that has ended");
    }
    auto rows = lease_->run_script("COMMIT");
    if (rows && rows->command() == "COMMIT") {
        fate_ = Fate::Committed;
        return {};
    }
    if (rows) { // PostgreSQL answers ROLLBACK when a statement before had failed
        fate_ = Fate::RolledBack;
        return failure(ErrorCode::Conflict, "the transaction had failed and was rolled back");
    }
    if (!lease_->broken()) {
        fate_ = Fate::RolledBack;
        return tl::unexpected(std::move(rows).error().within("commit"));
    }
    fate_ = Fate::Unknown;
    return failure(
        ErrorCode::Unavailable,
        "the connection was lost while COMMIT was on its way; whether it happened is not "
        "known until the database is asked again: " +
            rows.error().message);
}

void Transaction::rollback() {
    if (fate_ != Fate::Open) {
        return;
    }
    fate_ = Fate::RolledBack;
    if (!lease_->broken()) {
        (void)lease_->run_script("ROLLBACK"); // if this fails the connection is broken: same effect
    }
}

void Transaction::set_statement_deadline(std::chrono::milliseconds deadline) {
    lease_->set_statement_deadline(deadline);
}

} // namespace pedigree::store
