#include "net/http.h"

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <memory>

#include <fmt/format.h>

#include "net/http_date.h"

namespace pedigree::net {
namespace {

constexpr std::chrono::seconds retry_after_max{3600};

ErrorCode code_of_status(int status) {
    switch (status) {
    case 401:
        return ErrorCode::Unauthorized;
    case 403:
        return ErrorCode::Forbidden;
    case 404:
        return ErrorCode::NotFound;
    case 408:
    case 504:
        return ErrorCode::Timeout;
    case 409:
    case 412:
        return ErrorCode::Conflict;
    case 410:
        return ErrorCode::Gone;
    case 413:
        return ErrorCode::TooLarge;
    case 429:
        return ErrorCode::TooMany;
    default:
        return status >= 500 ? ErrorCode::Unavailable : ErrorCode::InvalidInput;
    }
}

} // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [&](char x, char y) { return lower(x) == lower(y); });
}

void Headers::add(std::string name, std::string value) {
    fields_.emplace_back(std::move(name), std::move(value));
}

void Headers::set(std::string_view name, std::string value) {
    remove(name);
    fields_.emplace_back(name, std::move(value));
}

void Headers::remove(std::string_view name) {
    std::erase_if(fields_,
                  [&](const Field& field) { return equal_ignoring_case(field.first, name); });
}

std::optional<std::string_view> Headers::find(std::string_view name) const {
    for (const auto& [known, value] : fields_) {
        if (equal_ignoring_case(known, name)) {
            return value;
        }
    }
    return std::nullopt;
}

std::string Headers::value_or(std::string_view name, std::string_view fallback) const {
    return std::string(find(name).value_or(fallback));
}

void set_body_from(Request& request, const OpenFile& file, std::int64_t offset,
                   std::int64_t bytes) {
    const auto at = std::make_shared<std::int64_t>(offset);
    request.body_source_bytes = static_cast<std::uint64_t>(bytes);
    request.body_source = [&file, at,
                           end = offset + bytes](std::span<char> buffer) -> Result<std::size_t> {
        const auto left = static_cast<std::size_t>(end - *at);
        TRY(const std::size_t count,
            file.read_at(*at, buffer.subspan(0, std::min(buffer.size(), left))));
        *at += static_cast<std::int64_t>(count);
        return count;
    };
    request.rewind = [at, offset]() -> Status {
        *at = offset;
        return {};
    };
}

Error status_error(const Response& response, std::string_view what) {
    Error error(code_of_status(response.status),
                fmt::format("{}: the server answered {}", what, response.status));
    error.retry_after = retry_after(response.headers);
    return error;
}

std::optional<std::chrono::milliseconds> retry_after(const Headers& headers) {
    const auto value = headers.find("Retry-After");
    if (!value || value->empty()) {
        return std::nullopt;
    }
    std::chrono::seconds wait{0};
    if (value->find_first_not_of("0123456789") == std::string_view::npos) {
        wait = value->size() > 6 ? retry_after_max
                                 : std::chrono::seconds(std::stol(std::string(*value)));
    } else {
        const auto until = parse_http_date(*value);
        const auto from = parse_http_date(headers.value_or("Date", ""));
        if (!until || !from) {
            return std::nullopt;
        }
        wait = std::max(*until - *from, std::chrono::seconds(0));
    }
    return std::min(wait, retry_after_max);
}

} // namespace pedigree::net
