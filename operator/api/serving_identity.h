#pragma once
// ServingIdentity: what the operator's TLS endpoints show and believe, kept true while the process
// runs: its certificate (made anew when it runs out, or taken over when another replica made one)
// and the front proxy's client CA, which a cluster's administrator rotates. Whoever serves looks
// now and then and, when something differs, gives it to the servers (HttpServer::reload_tls).
// look() belongs to one thread, now() to any.

#include <memory>

#include "base/clock.h"
#include "base/sync.h"
#include "operator/api/identity_store.h"

namespace pedigree::control {

struct Served {
    ServerIdentity identity;
    FrontProxy proxy;
};

class ServingIdentity {
  public:
    ServingIdentity(k8s::Api& api, IdentityPlace place, const Clock& clock)
        : api_(api), place_(std::move(place)), clock_(clock) {}

    // Reads both, makes what has to be made, and tells the APIService. True: something differs from
    // what was known. After an error all stays as it was.
    Result<bool> look();
    // Of the last look; null before the first.
    std::shared_ptr<const Served> now() const { return *served_.lock(); }

  private:
    k8s::Api& api_;
    const IdentityPlace place_;
    const Clock& clock_;
    mutable Sync<std::shared_ptr<const Served>> served_;
};

} // namespace pedigree::control
