#pragma once
// Sequencer: takes committed events out of the outbox, in the order of their arrival, and in one
// transaction a batch numbers them without gaps, grows the Merkle tree, writes a checkpoint row,
// the erasable texts and the graph. One at a time works, whoever holds the advisory lock; a second
// one finds it busy and does nothing. Killed at any point it leaves a batch done or not begun. Its
// pool has role pedigree_sequencer. One thread ("sequencer") calls run().
//
// A batch, from a ledger of size n:
//
//     frontier  <- the newest checkpoint      Corrupt, if its size is not the ledger's: stand still
//     rows      <- the outbox by id, at most 512 and 16 MiB, without those whose event_id is known
//     entry n+i <- row i, its leaf hash, its epoch; texts beside it; its projection into the graph
//     checkpoint of n + the number of rows; the rows leave the outbox; commit
//
// Why not a SERIAL column: a number that was drawn by a transaction that rolled back is a gap, and
// numbers are drawn before, not in the order of, commits, so that "the entries up to n" could still
// grow. Here only committed rows are seen, and a number, once there, has all smaller ones before
// it. A row that was inserted early and committed late gets a later number: the ledger's order is
// that in which it came to know things, and each event carries its own time.
//
// Why one transaction for ledger, tree and graph: an answer that says "as of entry n" must find the
// graph of exactly these entries.

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>

#include "base/result.h"
#include "lineage/ledger.h"
#include "store/listener.h"
#include "store/pool.h"

namespace pedigree::lineage {

// The channel that the outbox notifies when events were committed.
constexpr const char* outbox_channel = "pedigree_outbox";

struct SequencerOptions {
    std::int64_t batch_events_max = 512;
    std::chrono::milliseconds idle_wait{5'000}; // between looks without a notification
    std::chrono::milliseconds error_wait{1'000};
    std::optional<store::Epoch> epoch{};
    // Told of the ledger's end after each batch that was committed; on the sequencer's thread.
    std::function<void(const LedgerHead&)> numbered = {};
};

struct SequencerStep {
    bool busy = false;         // another one is at work
    std::int64_t numbered = 0; // entries added
    std::int64_t repeats = 0;  // outbox rows that the ledger had already
    std::int64_t size = 0;     // of the ledger afterwards
};

class Sequencer {
  public:
    Sequencer(store::Pool& pool, SequencerOptions options = {});

    // One batch.
    Result<SequencerStep> step();
    // Batches until the outbox is empty, then waits to be told of more, until a stop is requested.
    // A database that is away is tried again; a newer epoch ends it with Conflict.
    Status run(store::Listener& listener, std::stop_token stop);

  private:
    Status drain(std::stop_token stop);

    store::Pool& pool_;
    SequencerOptions options_;
};

} // namespace pedigree::lineage
