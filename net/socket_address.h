#pragma once
// The numeric address and port of a socket's other side. An IPv4 address mapped into IPv6 is shown
// as what it is (::ffff:192.0.2.1 as 192.0.2.1; RFC 4291 section 2.5.5.2), so that no check of
// addresses is fooled by it. Pure; any thread.

#include <cstdint>
#include <optional>
#include <string>

struct sockaddr;

namespace pedigree::net {

struct SocketAddress {
    std::string text; // "192.0.2.1", "2001:db8::1"
    std::uint16_t port = 0;
};

// Empty for other families than IPv4 and IPv6.
std::optional<SocketAddress> socket_address(const sockaddr* address);

} // namespace pedigree::net
