#include "net/answer_head.h"

#include <array>
#include <chrono>
#include <iterator>

#include <fmt/format.h>

#include "net/http_date.h"

namespace pedigree::net {
namespace {

constexpr std::array<std::string_view, 5> framing_fields{"Content-Length", "Transfer-Encoding",
                                                         "Connection", "Keep-Alive", "Trailer"};

std::string_view reason_phrase(int status) {
    switch (status) {
    case 100:
        return "Continue";
    case 200:
        return "OK";
    case 201:
        return "Created";
    case 202:
        return "Accepted";
    case 204:
        return "No Content";
    case 304:
        return "Not Modified";
    case 400:
        return "Bad Request";
    case 401:
        return "Unauthorized";
    case 403:
        return "Forbidden";
    case 404:
        return "Not Found";
    case 405:
        return "Method Not Allowed";
    case 409:
        return "Conflict";
    case 413:
        return "Content Too Large";
    case 429:
        return "Too Many Requests";
    case 431:
        return "Request Header Fields Too Large";
    case 500:
        return "Internal Server Error";
    case 502:
        return "Bad Gateway";
    case 503:
        return "Service Unavailable";
    case 504:
        return "Gateway Timeout";
    default:
        return "Status";
    }
}

bool belongs_to_framing(std::string_view name) {
    for (const auto known : framing_fields) {
        if (equal_ignoring_case(name, known)) {
            return true;
        }
    }
    return false;
}

bool safe(std::string_view text) {
    return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

} // namespace

std::string answer_head(const Response& response, const AnswerFraming& framing) {
    std::string out =
        fmt::format("HTTP/1.1 {} {}\r\n", response.status, reason_phrase(response.status));
    for (const auto& [name, value] : response.headers) {
        if (!belongs_to_framing(name) && safe(name) && safe(value)) {
            fmt::format_to(std::back_inserter(out), "{}: {}\r\n", name, value);
        }
    }
    if (!response.headers.contains("Date")) {
        const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
        out += "Date: " + http_date(now) + "\r\n";
    }
    if (framing.body == AnswerBody::Sized) {
        fmt::format_to(std::back_inserter(out), "Content-Length: {}\r\n", framing.body_bytes);
    } else if (framing.body == AnswerBody::Chunked) {
        out += "Transfer-Encoding: chunked\r\n";
    }
    if (framing.after == AfterAnswer::Close) {
        out += "Connection: close\r\n";
    }
    return out + "\r\n";
}

} // namespace pedigree::net
