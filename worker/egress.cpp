#include "worker/egress.h"

#include <algorithm>
#include <charconv>
#include <string>

#include <arpa/inet.h>
#include <fmt/format.h>

namespace pedigree::worker {
namespace {

using Address = std::array<std::uint8_t, 16>;

constexpr int mapped_prefix_bits = 96;

std::optional<Address> parse_address(std::string_view text) {
    const std::string owned(text.substr(0, text.find('%'))); // a scope is no part of the address
    Address address{};
    if (::inet_pton(AF_INET6, owned.c_str(), address.data()) == 1) {
        return address;
    }
    address = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    if (::inet_pton(AF_INET, owned.c_str(), address.data() + 12) == 1) {
        return address;
    }
    return std::nullopt;
}

bool contains(const Network& network, const Address& address) {
    const auto whole = static_cast<std::size_t>(network.prefix_bits / 8);
    if (!std::equal(address.begin(), address.begin() + static_cast<std::ptrdiff_t>(whole),
                    network.address.begin())) {
        return false;
    }
    const int rest = network.prefix_bits % 8;
    return rest == 0 || (address[whole] >> (8 - rest)) == (network.address[whole] >> (8 - rest));
}

bool any_contains(const std::vector<Network>& networks, const Address& address) {
    return std::any_of(networks.begin(), networks.end(),
                       [&](const Network& network) { return contains(network, address); });
}

constexpr std::string_view always_refused[] = {"0.0.0.0/8",   "127.0.0.0/8", "169.254.0.0/16",
                                               "224.0.0.0/4", "240.0.0.0/4", "::/127",
                                               "fe80::/10",   "ff00::/8",    "fec0::/10"};

} // namespace

Result<Network> parse_network(std::string_view text) {
    const std::size_t slash = text.find('/');
    const std::string_view host = text.substr(0, slash);
    const auto address = parse_address(host);
    const bool is_ipv4 = host.find(':') == host.npos;
    int bits = is_ipv4 ? 32 : 128;
    bool valid = address.has_value();
    if (slash != text.npos) {
        const std::string_view number = text.substr(slash + 1);
        int given = -1;
        const auto end = std::from_chars(number.data(), number.data() + number.size(), given);
        valid = valid && end.ec == std::errc() && end.ptr == number.data() + number.size() &&
                given >= 0 && given <= bits;
        bits = given;
    }
    if (!valid) {
        return failure(ErrorCode::InvalidInput,
                       fmt::format("\"{}\" is no network: ADDRESS/BITS", text.substr(0, 80)));
    }
    return Network{*address, is_ipv4 ? bits + mapped_prefix_bits : bits};
}

Result<EgressPolicy> EgressPolicy::from(const records::work::Egress& egress) {
    EgressPolicy policy;
    for (const std::string& text : egress.allowed_networks) {
        TRY(policy.allowed_.emplace_back(), parse_network(text));
    }
    for (const std::string& text : egress.refused_networks) {
        TRY(policy.refused_.emplace_back(), parse_network(text));
    }
    for (const std::string_view text : always_refused) {
        TRY(policy.refused_.emplace_back(), parse_network(text));
    }
    return policy;
}

Status EgressPolicy::check(std::string_view text, std::uint16_t port) const {
    const auto address = parse_address(text);
    if (address && (any_contains(allowed_, *address) || !any_contains(refused_, *address))) {
        return {};
    }
    return failure(
        ErrorCode::Forbidden, "AddressRefused",
        fmt::format("the address {} port {} is not one that pedigree may connect to; the "
                    "operator's egress.allowedNetworks would have to list it",
                    text.substr(0, 80), port));
}

net::EgressCheck EgressPolicy::function() const {
    return [policy = *this](std::string_view address, std::uint16_t port) {
        return policy.check(address, port);
    };
}

} // namespace pedigree::worker
