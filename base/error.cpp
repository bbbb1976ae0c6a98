#include "base/error.h"

#include <array>
#include <utility>

namespace pedigree {
namespace {

constexpr std::array<std::pair<ErrorCode, std::string_view>, 14> words{{
    {ErrorCode::InvalidInput, "InvalidInput"},
    {ErrorCode::NotFound, "NotFound"},
    {ErrorCode::AlreadyExists, "AlreadyExists"},
    {ErrorCode::Conflict, "Conflict"},
    {ErrorCode::Unauthorized, "Unauthorized"},
    {ErrorCode::Forbidden, "Forbidden"},
    {ErrorCode::Gone, "Gone"},
    {ErrorCode::TooLarge, "TooLarge"},
    {ErrorCode::TooMany, "TooMany"},
    {ErrorCode::Corrupt, "Corrupt"},
    {ErrorCode::Timeout, "Timeout"},
    {ErrorCode::Unavailable, "Unavailable"},
    {ErrorCode::Cancelled, "Cancelled"},
    {ErrorCode::Internal, "Internal"},
}};

} // namespace

std::string_view to_string(ErrorCode code) {
    for (const auto& [known, word] : words) {
        if (known == code) {
            return word;
        }
    }
    return "Internal";
}

std::optional<ErrorCode> error_code_from(std::string_view word) {
    for (const auto& [code, known] : words) {
        if (known == word) {
            return code;
        }
    }
    return std::nullopt;
}

bool Error::retryable() const {
    return code == ErrorCode::Timeout || code == ErrorCode::Unavailable ||
           code == ErrorCode::TooMany || code == ErrorCode::Conflict;
}

Error Error::within(std::string_view what) && {
    Error wrapped(code, std::string(what) + ": " + message);
    wrapped.retry_after = retry_after;
    wrapped.reason = reason;
    return wrapped;
}

} // namespace pedigree
