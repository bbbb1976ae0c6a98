#include "lineage/ledger_page.h"

namespace pedigree::lineage {
namespace {

constexpr std::int64_t page_entries_max = 200;

} // namespace

Result<std::vector<LedgerEntry>> ledger_page(store::Transaction& transaction, std::int64_t after) {
    TRY(const auto rows,
        transaction.query("SELECT l.seq, l.event_id, l.leaf_hash, l.body, l.type, p.name, "
                          "s.experiment, l.event_time FROM ledger l "
                          "LEFT JOIN scope s ON s.id = l.scope "
                          "LEFT JOIN namespace p ON p.id = s.namespace "
                          "WHERE l.seq > $1 ORDER BY l.seq LIMIT $2",
                          {after, page_entries_max}));
    TRY(auto found, (rows.as<std::int64_t, std::string, Digest, store::Bytes, std::string,
                             std::optional<std::string>, std::optional<std::string>, Instant>()));
    std::vector<LedgerEntry> entries;
    for (auto& [seq, event_id, leaf, body, type, name_space, experiment, time] : found) {
        entries.push_back({seq,
                           std::move(event_id),
                           leaf,
                           std::move(body.value),
                           std::move(type),
                           {name_space.value_or(""), experiment.value_or("")},
                           time});
    }
    return entries;
}

Projection projection_of(const LedgerEntry& entry) {
    auto projection = project(entry.body);
    return projection ? *std::move(projection) : unreadable_projection(entry.event_id);
}

} // namespace pedigree::lineage
