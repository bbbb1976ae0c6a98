#pragma once
// StoredMark: the mark of the ledger (ledger_mark.h) once more, as one object of the platform's
// artifact store, "<prefix>operator/ledger.json". The Lease lives in etcd: a cluster that was lost,
// or put back with its database, has no mark any more, and this one says so all the same. Written
// by the worker within 10 s of a change. The store may be away: nothing waits for it; it is said in
// /readyz, and what it holds is read before it is written over, however late that is.
//
// One thread at a time: the leader's beginning, then the one that calls settle().

#include <optional>
#include <stop_token>

#include "operator/activity/order.h"
#include "operator/activity/worker_client.h"
#include "operator/api/readiness.h"
#include "operator/ledger_mark.h"

namespace pedigree::control {

struct StoredMarkParts {
    Worker& worker;
    const spec::Platform& platform; // the defaults
    PlatformCredentials credentials;
    Readiness& readiness;
};

class StoredMark {
  public:
    explicit StoredMark(StoredMarkParts parts) : parts_(std::move(parts)) {}

    // What the last leader left; asked once. Nothing: there is no such object, what is there is no
    // mark, or the store does not answer, for which settle() asks again.
    std::optional<LedgerMark> read(std::stop_token stop);

    // Now and then, while this process leads. A mark that could not be read before: compare it with
    // the database; until then nothing is written over it. Else writes `now`, if it is news.
    std::optional<LedgerMark> settle(const LedgerMark& now, std::stop_token stop);

  private:
    Result<std::optional<LedgerMark>> fetch(std::stop_token stop) const;
    Status write(const LedgerMark& mark, std::stop_token stop) const;
    void say(const std::string& what, const Status& status);

    const StoredMarkParts parts_;
    bool read_ = false;
    std::optional<LedgerMark> found_, written_;
    std::string said_; // in /readyz
};

} // namespace pedigree::control
