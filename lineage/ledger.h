#pragma once
// The ledger: every event's exact bytes, in one order, without gaps. Writers put events into the
// outbox inside the transaction of the rows that they describe; the sequencer (sequencer.h) numbers
// what was committed. Entry n is the n-th, counted from 1; an answer "as of entry n" knows the
// entries 1..n and the tree over them has size n.

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/digest.h"
#include "base/result.h"
#include "records/event.h"
#include "store/transaction.h"

namespace pedigree::lineage {

constexpr std::size_t event_bytes_max = 8 * 1024 * 1024;
constexpr std::size_t event_texts_max = 50'000;
constexpr std::size_t text_bytes_max = 1024 * 1024; // of one erasable string

// Puts the event into the outbox. An event whose id is there or in the ledger already is left out,
// whatever its bytes: a repeat is safe. TooLarge names the limit. Needs role pedigree_writer.
Status append(store::Transaction& transaction, const records::Event& event);

// Where the ledger stands.
struct LedgerHead {
    std::int64_t size = 0;
    Digest root;
};
Result<LedgerHead> ledger_head(store::Transaction& transaction);

// The root of the checkpoint of that size; nothing if there is none.
Result<std::optional<Digest>> root_at(store::Transaction& transaction, std::int64_t size);

// The entry's number once the sequencer has given it one; nothing while it waits or is unknown.
Result<std::optional<std::int64_t>> entry_of(store::Transaction& transaction,
                                             std::string_view event_id);

// Entries with a part that could not be read, by the node that their gap is about (projection.h).
Result<std::int64_t> unread_entries(store::Transaction& transaction, const records::NodeRef& about);

} // namespace pedigree::lineage
