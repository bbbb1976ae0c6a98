#pragma once
// Call: what a script's SDK asked below a tracker's path, as an endpoint without a socket is told
// of it; and how it comes off the recorder's port and how an answer goes back. Any thread.

#include <cstddef>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "net/http_server.h"

namespace pedigree::trackers {

// A body: W&B's SDK of 0.31 sends at most 10 MiB at once, that of 0.15.12 at most 10,000 rows,
// ClearML's at most 15 MiB (its api.http.max_req_size).
constexpr std::size_t call_bytes_max = 16 * 1024 * 1024;

enum class Body { Whole, Cut }; // Cut: larger than call_bytes_max, handed in as ""

struct Call {
    std::string_view method;
    std::string_view path; // behind the tracker's, percent-encoded, without a query: "/graphql"
    std::string_view body;
    Instant now;
    Body state = Body::Whole;
};

struct CallBody {
    std::string text;
    Body state = Body::Whole;
};

// To its end. Timeout, Unavailable, Cancelled: it was cut off.
Result<CallBody> read_call(net::Exchange& exchange);
void send_json(net::Exchange& exchange, int status, std::string body);

} // namespace pedigree::trackers
