#pragma once
// The date of HTTP header fields, IMF-fixdate only: "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110
// section 5.6.7; the two obsolete forms are not read). In UTC, whatever the locale and zone. Pure.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace pedigree::net {

std::optional<std::chrono::sys_seconds> parse_http_date(std::string_view text);
std::string http_date(std::chrono::sys_seconds time);

} // namespace pedigree::net
