#include "store/dsn.h"

#include <algorithm>
#include <string_view>

#include <libpq-fe.h>

#include "base/owned.h"

namespace pedigree::store {
namespace {

tl::unexpected<Error> unreadable() {
    return failure(ErrorCode::InvalidInput,
                   "the database URL cannot be parsed; expected postgresql://user@host/name, "
                   "with @ : / % in user and password percent-encoded");
}

std::vector<std::string> split_at_commas(std::string_view text) {
    std::vector<std::string> parts;
    for (std::size_t at = 0; at <= text.size();) {
        const auto end = std::min(text.find(',', at), text.size());
        parts.emplace_back(text.substr(at, end - at));
        at = end + 1;
    }
    return parts;
}

// Of names, addresses (of IPv6, too) and folders of sockets none holds another sign.
bool is_host(std::string_view host) {
    if (host.starts_with('/') || host.starts_with('@')) {
        return true; // a socket's folder, or its abstract name
    }
    return std::all_of(host.begin(), host.end(), [](unsigned char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               c == '.' || c == '-' || c == '_' || c == ':' || c >= 0x80;
    });
}

bool is_this_machine(std::string_view host) {
    return host.empty() || host.starts_with('/') || host.starts_with('@') || host == "localhost" ||
           host == "::1" || host.starts_with("127.");
}

} // namespace

Result<Dsn> read_dsn(const Secret& text) {
    // libpq's own message about a DSN that does not parse would quote it, password and all.
    char* ignored = nullptr;
    const Owned<PQconninfoOption, ::PQconninfoFree> parsed(
        ::PQconninfoParse(text.reveal().c_str(), &ignored));
    ::PQfreemem(ignored);
    if (!parsed) {
        return unreadable();
    }
    Dsn dsn;
    std::string addresses;
    for (const PQconninfoOption* option = parsed.get(); option->keyword != nullptr; ++option) {
        const std::string_view keyword = option->keyword;
        if (option->val == nullptr) {
            continue;
        }
        if (keyword == "host") {
            dsn.hosts = split_at_commas(option->val);
        } else if (keyword == "hostaddr") {
            addresses = option->val;
        } else if (keyword == "sslmode") {
            dsn.sslmode = option->val;
        }
    }
    if (!addresses.empty()) { // what is connected to; `host` only names it then
        dsn.hosts = split_at_commas(addresses);
    }
    if (!std::all_of(dsn.hosts.begin(), dsn.hosts.end(), is_host)) {
        return unreadable();
    }
    return dsn;
}

std::string clear_text_host(const Dsn& dsn) {
    const bool encrypted = dsn.sslmode == "require" || dsn.sslmode.starts_with("verify-");
    const auto far = std::find_if_not(dsn.hosts.begin(), dsn.hosts.end(), is_this_machine);
    return encrypted || far == dsn.hosts.end() ? "" : *far;
}

} // namespace pedigree::store
