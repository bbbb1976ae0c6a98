#pragma once
// Where recorders report, over the operator's own TLS and with the pod's projected token (audience
// pedigree). The token is reviewed by the API server; only the pod that it belongs to may speak for
// itself.
//   POST /v1/attempts/key     {"podUid", "claim"} -> {"key"}: what the recorder signs with, once
//                             (operator/storage/record_keys.h)
//   POST /v1/attempts/events  {"podUid", "events"}, signed with that key: the header
//                             Pedigree-Signature has the signature of the body. Kept as one row a
//                             pod; it is news, not a record (the bundle is).
// 404: no attempt runs in that pod, yet or any more. 409: another asker has the key. Handlers
// may block.

#include <functional>
#include <string>

#include "k8s/access.h"
#include "net/http_server.h"
#include "store/pool.h"

namespace pedigree::control {

constexpr std::size_t event_body_bytes_max = 256 * 1024;
constexpr const char* token_audience = "pedigree";

struct EventApiParts {
    k8s::Api& api;
    store::Pool& pool; // role pedigree_writer
    const Clock& clock;
};

class EventApi {
  public:
    explicit EventApi(EventApiParts parts) : parts_(parts) {}
    void handle(net::Exchange& exchange) const;

  private:
    struct Call;
    Result<Call> read(net::Exchange& exchange) const;
    Status take_events(const net::ServerRequest& request, const Call& call) const;
    Result<Secret> give_key(const Call& call) const;

    const EventApiParts parts_;
};

} // namespace pedigree::control
