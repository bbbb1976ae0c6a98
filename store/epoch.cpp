#include "store/epoch.h"

namespace pedigree::store {

AdvisoryLock epoch_lock() {
    static const AdvisoryLock lock = AdvisoryLock::named("pedigree/epoch");
    return lock;
}

Result<Epoch> claim_epoch(Pool& pool, std::string_view holder, std::int64_t known) {
    TRY(auto transaction, pool.begin());
    TRY(transaction.lock(epoch_lock()));
    TRY(const auto rows,
        transaction.query("INSERT INTO epoch (number, holder) "
                          "SELECT greatest(coalesce(max(number), 0), $2::bigint) + 1, $1 "
                          "FROM epoch RETURNING number",
                          {holder, known}));
    TRY(const auto number, rows.value<std::int64_t>());
    TRY(transaction.commit());
    return Epoch{number};
}

} // namespace pedigree::store
