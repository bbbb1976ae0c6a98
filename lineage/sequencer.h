#pragma once
// Sequencer: takes committed events out of the outbox, in the order of their arrival, and in one
// transaction a batch numbers them without gaps, grows the Merkle tree, writes a checkpoint row,
// the erasable texts and the graph. One at a time works, whoever holds the advisory lock; a second
// one finds it busy and does nothing. Killed at any point it leaves a batch done or not begun. Its
// pool has role pedigree_sequencer. One thread ("sequencer") calls run().

#include <chrono>
#include <cstdint>
#include <optional>
#include <stop_token>

#include "base/result.h"
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
