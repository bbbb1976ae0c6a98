#pragma once
// Where recorders report: POST /v1/attempts/events over the operator's own TLS, with the pod's
// projected token (audience pedigree). The token is reviewed by the API server; only the pod that
// it belongs to may speak for itself. Progress is kept as one row a pod; it is news, not a record
// (the bundle is). Handler threads may block.

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
    Status accept(net::Exchange& exchange) const;

    const EventApiParts parts_;
};

} // namespace pedigree::control
