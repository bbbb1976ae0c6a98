#include "source/ssh_url.h"

#include <algorithm>

#include <fmt/format.h>

#include "net/url.h"

namespace pedigree::source {
namespace {

constexpr std::string_view scheme = "ssh://";

bool is_word(std::string_view text) {
    const auto letter_or_digit = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    };
    return !text.empty() && (letter_or_digit(text.front()) || text.front() == '_') &&
           std::all_of(text.begin(), text.end(), [&](char c) {
               return letter_or_digit(c) || std::string_view("._-").find(c) != text.npos;
           });
}

tl::unexpected<Error> refused(std::string_view why) {
    return failure(ErrorCode::InvalidInput, "UrlInvalid",
                   fmt::format("source.git.url must be ssh://USER@HOST[:PORT]/PATH: {}", why));
}

} // namespace

std::string SshUrl::known_host() const {
    return port == 22 ? host : fmt::format("[{}]:{}", host, port);
}

std::string SshUrl::text() const {
    const bool ipv6 = host.find(':') != host.npos;
    return fmt::format("ssh://{}@{}:{}{}", user, ipv6 ? "[" + host + "]" : host, port, path);
}

bool is_ssh_url(std::string_view text) {
    return text.starts_with(scheme);
}

Result<SshUrl> parse_ssh_url(std::string_view text) {
    if (!is_ssh_url(text)) {
        return refused("it begins otherwise");
    }
    std::string_view rest = text.substr(scheme.size());
    const std::string_view authority = rest.substr(0, rest.find('/'));
    SshUrl url;
    if (const auto at = authority.rfind('@'); at != authority.npos) {
        url.user = authority.substr(0, at);
        rest.remove_prefix(at + 1);
        if (!is_word(url.user)) {
            return refused("the user's name is none; a password has no place in it");
        }
    }
    // Host, port and path are those of any other URL, but for the default port.
    TRY(const net::Url parsed, net::parse_url("http://" + std::string(rest)));
    const std::string_view given = authority.substr(authority.rfind('@') + 1);
    const bool has_port = given.substr(given.rfind(']') + 1).find(':') != given.npos;
    url.host = parsed.host;
    url.port = has_port ? parsed.port : url.port;
    url.path = parsed.path;
    if (!parsed.query.empty() || url.path == "/" || url.host.starts_with('-')) {
        return refused("host or path is missing, or it has a query");
    }
    return url;
}

} // namespace pedigree::source
