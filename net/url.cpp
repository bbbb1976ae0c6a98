#include "net/url.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

namespace pedigree::net {
namespace {

constexpr std::string_view unreserved_marks = "-._~";

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
int hex_value(char c) {
    if (is_digit(c)) {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return out;
}

std::uint16_t default_port(std::string_view scheme) {
    return scheme == "https" ? 443 : 80;
}

// Never repeats the text of a refused URL: it may hold a password.
Status check_characters(std::string_view text) {
    if (text.size() > url_bytes_max) {
        return failure(ErrorCode::TooLarge, fmt::format("URL of {} bytes is longer than {}",
                                                        text.size(), url_bytes_max));
    }
    for (const char c : text) {
        if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7f || c == '\\') {
            return failure(
                ErrorCode::InvalidInput,
                "URL contains a space, control character or backslash; encode it as %XX");
        }
    }
    return {};
}

bool valid_host(std::string_view host) {
    return !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
        return is_letter(c) || is_digit(c) || c == '-' || c == '.' || c == '_';
    });
}

bool valid_ipv6(std::string_view host) {
    return !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
        return hex_value(c) >= 0 || c == ':' || c == '.';
    });
}

Status parse_authority(std::string_view authority, Url& url) {
    if (authority.find('@') != std::string_view::npos) {
        return failure(ErrorCode::InvalidInput,
                       "URL contains user information (user:password@); put the credentials into "
                       "a Secret instead");
    }
    std::string_view port;
    if (authority.starts_with('[')) {
        const auto end = authority.find(']');
        if (end == std::string_view::npos || !valid_ipv6(authority.substr(1, end - 1))) {
            return failure(ErrorCode::InvalidInput, "URL has a malformed IPv6 address as host");
        }
        url.host = lower(authority.substr(1, end - 1));
        port = authority.substr(end + 1);
    } else {
        const auto colon = authority.find(':');
        url.host = lower(authority.substr(0, colon));
        port = colon == std::string_view::npos ? "" : authority.substr(colon);
        if (!valid_host(url.host)) {
            return failure(ErrorCode::InvalidInput, "URL has no valid host name");
        }
    }
    url.port = default_port(url.scheme);
    if (port.empty() || port == ":") {
        return {};
    }
    const char* end = port.data() + port.size();
    unsigned value = 0;
    const auto parsed = std::from_chars(port.data() + 1, end, value);
    if (port.front() != ':' || parsed.ec != std::errc() || parsed.ptr != end || value == 0 ||
        value > 65535) {
        return failure(ErrorCode::InvalidInput, "URL has a port that is not in 1..65535");
    }
    url.port = static_cast<std::uint16_t>(value);
    return {};
}

// RFC 3986 section 5.2.4.
std::string remove_dot_segments(std::string_view path) {
    std::vector<std::string_view> kept;
    bool ends_in_folder = false;
    std::size_t position = 1;
    while (position <= path.size()) {
        const auto end = std::min(path.find('/', position), path.size());
        const auto segment = path.substr(position, end - position);
        ends_in_folder = segment == "." || segment == "..";
        if (segment == ".." && !kept.empty()) {
            kept.pop_back();
        } else if (!ends_in_folder) {
            kept.push_back(segment);
        }
        position = end + 1;
    }
    std::string out;
    for (const auto segment : kept) {
        out += '/';
        out += segment;
    }
    return ends_in_folder || out.empty() ? out + '/' : out;
}

void set_path_and_query(Url& url, std::string_view text) {
    text = text.substr(0, text.find('#'));
    const auto question = text.find('?');
    url.path = text.substr(0, question);
    url.query = question == std::string_view::npos ? "" : text.substr(question + 1);
}

} // namespace

std::string Url::authority() const {
    const std::string name = host.find(':') == std::string::npos ? host : "[" + host + "]";
    return port == default_port(scheme) ? name : fmt::format("{}:{}", name, port);
}

std::string Url::origin() const {
    return scheme + "://" + authority();
}

std::string Url::target() const {
    return query.empty() ? path : path + "?" + query;
}

std::string Url::text() const {
    return origin() + target();
}

Result<Url> parse_url(std::string_view text) {
    TRY(check_characters(text));
    const auto scheme_end = text.find("://");
    Url url;
    url.scheme = lower(text.substr(0, std::min(scheme_end, text.size())));
    if (scheme_end == std::string_view::npos || (url.scheme != "http" && url.scheme != "https")) {
        return failure(ErrorCode::InvalidInput, "URL must begin with http:// or https://");
    }
    const auto rest = text.substr(scheme_end + 3);
    const auto authority_end = std::min(rest.find_first_of("/?#"), rest.size());
    TRY(parse_authority(rest.substr(0, authority_end), url));
    set_path_and_query(url, rest.substr(authority_end));
    if (url.path.empty()) {
        url.path = "/";
    }
    return url;
}

Result<Url> join(const Url& base, std::string_view reference) {
    TRY(check_characters(reference));
    if (reference.starts_with("//")) {
        return parse_url(base.scheme + ":" + std::string(reference));
    }
    const auto colon = reference.find(':');
    if (colon != std::string_view::npos && reference.find_first_of("/?#") > colon) {
        return parse_url(reference);
    }
    Url url = base;
    if (reference.empty() || reference.starts_with('#')) {
        return url;
    }
    set_path_and_query(url, reference);
    if (url.path.empty()) { // "?q"
        url.path = base.path;
    } else if (!url.path.starts_with('/')) {
        url.path = base.path.substr(0, base.path.rfind('/') + 1) + url.path;
    }
    url.path = remove_dot_segments(url.path);
    return url;
}

std::string percent_encode(std::string_view bytes, std::string_view kept) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const char c : bytes) {
        if (is_letter(c) || is_digit(c) || unreserved_marks.find(c) != std::string_view::npos ||
            kept.find(c) != std::string_view::npos) {
            out += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out += '%';
        out += digits[byte >> 4];
        out += digits[byte & 15];
    }
    return out;
}

Result<std::string> percent_decode(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
        const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
        if (high < 0 || low < 0) {
            return failure(
                ErrorCode::InvalidInput,
                fmt::format("'%' at byte {} is not followed by two hexadecimal digits", i));
        }
        out += static_cast<char>(high << 4 | low);
        i += 2;
    }
    return out;
}

std::string query_text(const QueryParameters& parameters) {
    std::string out;
    for (const auto& [name, value] : parameters) {
        out += out.empty() ? "" : "&";
        out += percent_encode(name) + "=" + percent_encode(value);
    }
    return out;
}

Result<QueryParameters> parse_query(std::string_view query) {
    QueryParameters out;
    while (!query.empty()) {
        const auto end = std::min(query.find('&'), query.size());
        const auto pair = query.substr(0, end);
        query.remove_prefix(std::min(end + 1, query.size()));
        if (pair.empty()) {
            continue;
        }
        const auto equals = std::min(pair.find('='), pair.size());
        TRY(auto name, percent_decode(pair.substr(0, equals)));
        TRY(auto value, percent_decode(equals < pair.size() ? pair.substr(equals + 1) : ""));
        out.emplace_back(std::move(name), std::move(value));
    }
    return out;
}

} // namespace pedigree::net
