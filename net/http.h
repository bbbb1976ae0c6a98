#pragma once
// HTTP as pedigree's code sees it: Request, Response, and the interface Http behind which stands
// libcurl (net/http_client.h) or a plain struct in a test. An HTTP status is an answer, not an
// error; an Error means that no complete answer came: Timeout, Unavailable, TooLarge, Cancelled,
// Forbidden (the egress check said no), InvalidInput (bad URL or header). No redirect is followed
// (net/redirect.h for the one case that needs it). Sizes are bytes.

#include <chrono>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/open_file.h"
#include "base/result.h"

namespace pedigree::net {

// Header fields in order; names compare without case, a name may occur more than once.
class Headers {
  public:
    using Field = std::pair<std::string, std::string>;

    Headers() = default;
    Headers(std::initializer_list<Field> fields) : fields_(fields) {}

    void add(std::string name, std::string value);
    void set(std::string_view name, std::string value); // replaces all of that name
    void remove(std::string_view name);
    std::optional<std::string_view> find(std::string_view name) const; // the first
    std::string value_or(std::string_view name, std::string_view fallback) const;
    bool contains(std::string_view name) const { return find(name).has_value(); }

    auto begin() const { return fields_.begin(); }
    auto end() const { return fields_.end(); }
    std::size_t size() const { return fields_.size(); }

  private:
    std::vector<Field> fields_;
};

bool equal_ignoring_case(std::string_view a, std::string_view b);

struct Response {
    int status = 0;
    Headers headers;
    std::string body; // empty when a sink took it

    bool ok() const { return status >= 200 && status < 300; }
};

// Fills the buffer with the next bytes of a request body; 0 is the end.
using BodySource = std::function<Result<std::size_t>(std::span<char> buffer)>;
// Takes the next bytes of a response body; an error ends the call with that error.
using BodySink = std::function<Status(std::string_view bytes)>;
// Sees status and header fields before the first byte of the body.
using HeadSink = std::function<Status(const Response& head)>;

enum class SinkStatuses {
    Successful, // only a 2xx body goes to the sink; an error's body lands in Response::body
    All,        // every body goes to the sink: what a proxy wants
};

struct Timeouts {
    std::chrono::milliseconds connect{10000};
    std::chrono::milliseconds total{60000}; // 0: no limit, only `idle` ends the call
    std::chrono::milliseconds idle{0};      // no byte in either direction for this long; 0: off
};

constexpr std::size_t response_body_bytes_max = 16 * 1024 * 1024;

struct Request {
    std::string method = "GET";
    std::string url;
    Headers headers;

    std::string body; // used when body_source is empty
    BodySource body_source;
    std::optional<std::uint64_t> body_source_bytes; // known length; empty: chunked
    std::function<Status()> rewind; // optional: body_source begins again, so a repeat is possible

    BodySink sink;
    HeadSink head_sink;
    SinkStatuses sink_statuses = SinkStatuses::Successful;

    std::size_t body_bytes_max = response_body_bytes_max; // of Response::body, not of the sink
    Timeouts timeouts;
};

class Http {
  public:
    virtual ~Http() = default;
    // Blocks until the answer is complete, a limit is met or the token is stopped.
    virtual Result<Response> send(const Request& request, std::stop_token stop) = 0;
    Result<Response> send(const Request& request) { return send(request, {}); }
};

// Bytes [offset, offset + bytes) of a file as the request's body, with its length and a rewind.
// The file outlives the request.
void set_body_from(Request& request, const OpenFile& file, std::int64_t offset, std::int64_t bytes);

// An Error for an unwelcome status: the code (404 NotFound, 429 TooMany, 5xx Unavailable ...), the
// Retry-After, and `what`; never the server's body.
Error status_error(const Response& response, std::string_view what);
// Retry-After in seconds or as an HTTP date relative to the answer's Date; capped at an hour.
std::optional<std::chrono::milliseconds> retry_after(const Headers& headers);

} // namespace pedigree::net
