#include "source/pinned_address.h"

#include <array>

#include <fmt/format.h>
#include <netdb.h>
#include <sys/socket.h>

#include "base/owned.h"

namespace pedigree::source {

Result<std::string> pinned_address(const std::string& host, std::uint16_t port,
                                   const net::EgressCheck& egress) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* list = nullptr;
    const int problem = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &list);
    if (problem != 0) {
        const bool unknown = problem == EAI_NONAME;
        return failure(
            unknown ? ErrorCode::InvalidInput : ErrorCode::Unavailable,
            unknown ? "HostNotFound" : "SourceUnavailable",
            fmt::format("the host {} cannot be resolved: {}", host, ::gai_strerror(problem)));
    }
    const Owned<addrinfo, ::freeaddrinfo> owned(list);
    Status refused;
    for (const addrinfo* one = list; one != nullptr; one = one->ai_next) {
        std::array<char, 64> text{};
        ::getnameinfo(one->ai_addr, one->ai_addrlen, text.data(), text.size(), nullptr, 0,
                      NI_NUMERICHOST);
        const std::string address(text.data());
        refused = egress ? egress(address, port) : Status();
        if (refused) {
            return address;
        }
    }
    return failure(ErrorCode::Forbidden, "AddressRefused", refused.error().message);
}

} // namespace pedigree::source
