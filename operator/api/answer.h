#pragma once
// How the operator's HTTP endpoints answer: JSON documents, and errors as Kubernetes Status
// objects, so that kubectl shows them as its own.

#include "base/json.h"
#include "net/http_server.h"

namespace pedigree::control {

void send_json(net::Exchange& exchange, const Json& document, int status = 200);
void send_error(net::Exchange& exchange, const Error& error);

} // namespace pedigree::control
