#pragma once
// OutsideLedger: what is known of the ledger outside of the database (ledger_mark.h), as this
// process writes it on its Lease, and the notice that the database is behind that: in the log, in
// /readyz, as a metric, and on the Lease, where it stays, over restarts, until a person takes it
// off. Any thread may call.

#include <string>
#include <vector>

#include "base/sync.h"
#include "k8s/lease.h"
#include "operator/api/metrics.h"
#include "operator/api/readiness.h"
#include "operator/ledger_mark.h"

namespace pedigree::control {

class OutsideLedger {
  public:
    OutsideLedger(Metrics& metrics, Readiness& readiness)
        : metrics_(metrics), readiness_(readiness) {}

    // What the Lease's last holder left. The marks to compare the database with; none, if it wrote
    // none that can be read. A notice that nobody has taken off goes on.
    std::vector<LedgerMark> read(const k8s::LeaseAnnotations& left);

    void moved(const LedgerMark& mark);
    std::optional<LedgerMark> now() const;
    void say_behind(const std::string& why, std::int64_t missing);

    // For the Lease's next renewal (k8s::LeaseOptions::annotations).
    k8s::LeaseAnnotations annotations(const k8s::LeaseAnnotations& seen);

  private:
    struct State {
        std::optional<LedgerMark> mark;
        std::string behind;   // the notice; empty: there is none
        bool written = false; // and it stands on the Lease
    };

    Metrics& metrics_;
    Readiness& readiness_;
    mutable Sync<State> state_;
};

} // namespace pedigree::control
