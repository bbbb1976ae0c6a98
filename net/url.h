#pragma once
// URLs of the http family (RFC 3986): parsed, printed, joined. A URL with user information is
// refused, since credentials in a URL end in logs. `path` and `query` stay percent-encoded as they
// were given; encoding is the caller's choice and is done with percent_encode. Pure; any thread.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace pedigree::net {

constexpr std::size_t url_bytes_max = 8192;

struct Url {
    std::string scheme;     // "http" or "https", lower case
    std::string host;       // lower case; an IPv6 address without its brackets
    std::uint16_t port = 0; // always set, to the scheme's default if the text has none
    std::string path;       // begins with '/', percent-encoded
    std::string query;      // without '?', percent-encoded

    bool operator==(const Url&) const = default;

    // "host" or "host:port", as the Host header wants it: the default port is left out.
    std::string authority() const;
    // "https://host:port" without the default port: what credentials are bound to.
    std::string origin() const;
    // path and query: what stands in the request line.
    std::string target() const;
    std::string text() const;
};

// InvalidInput for other schemes, user information, control characters, a bad port, or a length
// above url_bytes_max. A fragment is cut off.
Result<Url> parse_url(std::string_view text);

// Resolves a reference (absolute, "//host/x", "/x", "x", "?q") against a base, RFC 3986 section 5.
Result<Url> join(const Url& base, std::string_view reference);

// Encodes every byte but the unreserved ones (letters, digits, -._~) and those in `kept`.
std::string percent_encode(std::string_view bytes, std::string_view kept = "");
// InvalidInput for a '%' without two hexadecimal digits.
Result<std::string> percent_decode(std::string_view text);

using QueryParameters = std::vector<std::pair<std::string, std::string>>;
// "a=1&b=x%20y", in the given order.
std::string query_text(const QueryParameters& parameters);
// The reverse; a name without '=' has an empty value.
Result<QueryParameters> parse_query(std::string_view query);

} // namespace pedigree::net
