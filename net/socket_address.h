#pragma once
// The numeric address and port of a socket's other side. An IPv4 address mapped into IPv6 is shown
// as what it is, so that no check of addresses is fooled by it. Pure; any thread.

#include <cstdint>
#include <optional>
#include <string>

struct sockaddr;

namespace pedigree::net {

struct SocketAddress {
    std::string text;
    std::uint16_t port = 0;
};

// Empty for other families than IPv4 and IPv6.
std::optional<SocketAddress> socket_address(const sockaddr* address);

} // namespace pedigree::net
