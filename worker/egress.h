#pragma once
// Which addresses a piece of work may connect to, judged on the numeric address after name
// resolution. Refused are loopback, link-local, unspecified and multicast addresses and the
// networks that the operator's configuration refuses (services, nodes); what it allows by name wins
// over both. Everything else is allowed. IPv4 inside IPv6 is judged as IPv4. Immutable; any thread.

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "net/http_client.h"
#include "records/work/work.h"

namespace pedigree::worker {

struct Network {
    std::array<std::uint8_t, 16> address{}; // IPv4 as ::ffff:a.b.c.d
    int prefix_bits = 0;                    // of 128
};

// "10.96.0.0/12", "fd00::/8", or a single address.
Result<Network> parse_network(std::string_view text);

class EgressPolicy {
  public:
    // InvalidInput names the network that is none.
    static Result<EgressPolicy> from(const records::work::Egress& egress);

    // Forbidden (AddressRefused) names the address and the setting that would allow it.
    Status check(std::string_view address, std::uint16_t port) const;
    net::EgressCheck function() const;

  private:
    std::vector<Network> allowed_;
    std::vector<Network> refused_;
};

} // namespace pedigree::worker
