#include "base/error.h"

namespace pedigree {

Words<ErrorCode> words_of(ErrorCode) {
    static constexpr Word<ErrorCode> table[] = {
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
    };
    return table;
}

Prospect prospect_of(ErrorCode code) {
    switch (code) {
    case ErrorCode::Timeout:
    case ErrorCode::Unavailable:
    case ErrorCode::TooMany:
    case ErrorCode::Conflict:
    case ErrorCode::Gone:
    case ErrorCode::Cancelled:
        return Prospect::Passing;
    case ErrorCode::InvalidInput:
    case ErrorCode::NotFound:
    case ErrorCode::AlreadyExists:
    case ErrorCode::Forbidden:
    case ErrorCode::TooLarge:
    case ErrorCode::Corrupt:
        return Prospect::Permanent;
    case ErrorCode::Unauthorized:
    case ErrorCode::Internal:
        break;
    }
    return Prospect::Unknown;
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
