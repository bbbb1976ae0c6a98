#pragma once
// Fencing: PostgreSQL numbers the leaders. A process that becomes leader claims the next epoch once
// and opens its transactions with it; one that was leader and does not know better (stopped,
// partitioned) then fails with Conflict at its next transaction. claim_epoch waits for transactions
// of the old leader that are still open; the server ends those that idle
// (ConnectOptions::idle_in_transaction_timeout).

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "store/pool.h"
#include "store/transaction.h"

namespace pedigree::store {

// Error::reason of a transaction whose epoch is over.
constexpr const char* stale_epoch_reason = "StaleEpoch";

AdvisoryLock epoch_lock();

// `holder` is the leader's identity (its pod's name), for people who read the table. The epoch is
// beyond all that the table has and beyond `known`: one that was seen elsewhere, since the table
// may have been put back to an earlier state.
Result<Epoch> claim_epoch(Pool& pool, std::string_view holder, std::int64_t known = 0);

} // namespace pedigree::store
