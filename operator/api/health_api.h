#pragma once
// Two plain HTTP endpoints, each on a listener of its own, so that whoever fills one is not felt at
// the other: the probes (/healthz: the process works; /readyz: it serves, or what it waits for) for
// the kubelet, and /metrics for Prometheus. Both answer from memory. Handler threads.

#include <functional>
#include <string>

#include "net/http_server.h"
#include "operator/api/metrics.h"
#include "operator/api/readiness.h"

namespace pedigree::control {

void answer_probe(net::Exchange& exchange, const Readiness& readiness);
void answer_scrape(net::Exchange& exchange, const Metrics& metrics);

} // namespace pedigree::control
