#pragma once
// Leader election with a coordination.k8s.io/v1 Lease, compatible with client-go's. Give it a
// Client of its own, so that no other traffic delays a renewal. Expiry is judged by the local
// steady clock since the record was last seen to change, never by its timestamps. A lost lease is
// final: stop taking work, cancel calls and exit. Fencing of database writes is the database's
// epoch, not this. The Client's call_timeout should be half of renew_deadline, so that one call may
// hang.

#include <chrono>
#include <functional>
#include <map>
#include <stop_token>
#include <string>

#include "base/clock.h"
#include "k8s/api.h"

namespace pedigree::k8s {

using SteadyTime = std::chrono::steady_clock::time_point;
using LeaseAnnotations = std::map<std::string, std::string>;

struct LeaseOptions {
    ObjectKey lease;
    std::string identity; // host name and a random uuid
    std::chrono::milliseconds duration{15000};
    std::chrono::milliseconds renew_deadline{10000};
    std::chrono::milliseconds retry_period{2000};
    // Written with each renewal, beside those that stand there; an empty value takes one away. What
    // must be known outside of the database, kept where it costs no further call. Called by
    // try_once() with those that were seen last.
    std::function<LeaseAnnotations(const LeaseAnnotations& seen)> annotations = {};
};

// One try at a time, with the time given from outside; belongs to one thread.
class LeaseElector {
  public:
    LeaseElector(Api& api, const Clock& clock, LeaseOptions options);

    // InvalidInput unless duration > renew_deadline > 1.2 * retry_period.
    static Status check(const LeaseOptions& options);

    // Takes or renews once. True: we hold it now.
    Result<bool> try_once(SteadyTime now);
    // Gives the lease back, so that a successor need not wait; only after all work has ended.
    Status release();

    bool held(SteadyTime now) const; // and renewed within renew_deadline
    const std::string& holder() const { return holder_; }
    std::int64_t transitions() const { return transitions_; }
    // As they were seen last: what an earlier holder left, too.
    const LeaseAnnotations& annotations() const { return annotations_; }

  private:
    Result<bool> renew(SteadyTime now);
    Result<bool> create(SteadyTime now);
    Result<bool> take(const Json& lease, SteadyTime now);
    Result<bool> write(const Json& lease, SteadyTime now);
    void observe(const Json& lease, SteadyTime now);
    bool expired(SteadyTime now) const;
    Json body(const std::string& holder, std::chrono::milliseconds duration) const;

    Api& api_;
    const Clock& clock_;
    const LeaseOptions options_;

    std::string spec_; // of the lease as last seen, to notice that it changed
    SteadyTime changed_at_{};
    std::string resource_version_;
    std::string holder_;
    std::string acquired_; // acquireTime
    std::int64_t transitions_ = 0;
    LeaseAnnotations annotations_;
    std::chrono::milliseconds duration_{0}; // as its holder promised

    bool holding_ = false;
    SteadyTime renewed_at_{};
};

struct LeaseCallbacks {
    std::function<void()> acquired;
    std::function<void()> lost; // not called when the stop token ended the holding
    std::function<void(const std::string& holder)> holder_changed; // optional
};

// Thread body: waits for leadership, keeps it, returns when it is lost or the token is stopped. The
// caller releases after its workers have ended.
void hold_lease(LeaseElector& elector, const LeaseOptions& options, const LeaseCallbacks& callbacks,
                std::stop_token stop);

} // namespace pedigree::k8s
