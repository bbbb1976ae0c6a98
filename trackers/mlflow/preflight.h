#pragma once
// Asks the server once, exactly as the pod will (URL, Host header, certificate, credentials),
// before anything trains: a name that the server does not allow, a wrong Secret and a certificate
// that nobody trusts are found within seconds, with what to do. A server that is away is asked
// again until the deadline. The reason of an Error is that of trackers/mlflow/server.h. Blocks.

#include <chrono>
#include <stop_token>

#include "net/http.h"
#include "records/work/work.h"

namespace pedigree::trackers::mlflow {

// Gives the server's version.
Result<std::string> preflight(net::Http& http, const records::work::TrackerTarget& target,
                              const std::string& experiment_id, std::chrono::seconds wait_max,
                              std::stop_token stop = {});

} // namespace pedigree::trackers::mlflow
