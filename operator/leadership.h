#pragma once
// Leadership: this replica's turn at being the one that acts. It stands for the Lease
// (coordination.k8s.io), and while it holds it, has a Leader: reconcile threads, activities, the
// sequencer. Between the two lies what a turn begins with, in this order:
//
//   1. the schema is current
//   2. an epoch is claimed: from here on PostgreSQL refuses what an earlier leader still writes
//   3. the ledger is compared with the {epoch, size, root} that was kept outside the database, on
//      the Lease and in the artifact store, so that a lost or restored one is noticed before
//      anything is done (docs/operate/restore.md)
//   4. deadlines begin to follow the database's clock
//
// PostgreSQL may be away meanwhile; that is waited for in a thread of its own ("lead"), so that the
// Lease is renewed all the while. That thread then keeps the mark in the artifact store.

#include <functional>
#include <string>

#include "base/sync.h"
#include "k8s/lease.h"
#include "operator/api/readiness.h"
#include "operator/clocks.h"
#include "operator/leader.h"
#include "operator/outside_ledger.h"
#include "operator/program.h"
#include "operator/stored_mark.h"

namespace pedigree::control {

// All of it must outlive the leadership.
struct LeadershipParts {
    const ProgramOptions& options;
    k8s::Api& lease_api; // short timeouts: an answer that is late is as good as none
    const Clock& machine_clock;
    store::Pool& pool;
    Clocks& clocks;
    OutsideLedger& outside;
    StoredMark& stored_mark;
    Readiness& readiness;
    std::function<Status()> migrate;
    std::function<LeaderParts()> leader_parts;
    std::function<void(Error)> give_up; // the process must end, and why
};

class Leadership {
  public:
    explicit Leadership(LeadershipParts parts) : parts_(std::move(parts)) {}

    // Stands for the Lease until the token is stopped; then ends all work and gives the Lease back,
    // in this order, so that a successor never works beside us. A Lease that is lost is a reason to
    // give up: whoever has it leads already.
    Status hold(std::stop_token stop);

    // From any thread.
    bool leads() const { return *leader_.lock() != nullptr; }
    std::string activity_progress(const std::string& experiment_uid) const;

  private:
    Status take(const k8s::LeaseAnnotations& left, const std::stop_token& over);
    Status compare_late(const LedgerMark& found, std::int64_t our_epoch);
    void keep_mark(const std::stop_token& over);
    void begin(const k8s::LeaseAnnotations& left, std::stop_token over);

    const LeadershipParts parts_;
    mutable Sync<std::unique_ptr<Leader>> leader_;
};

} // namespace pedigree::control
