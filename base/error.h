#pragma once
// Error: why something did not happen, in words a person can act on. `code` is what callers branch
// on, `message` says what, which object and what to do next; `context` is added on the way up
// ("building image: reading lock"). An Error never holds a secret. A value; any thread may copy it.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/words.h"

namespace pedigree {

enum class ErrorCode {
    InvalidInput,  // the caller's or user's document is wrong; repeating does not help
    NotFound,      // the named thing does not exist
    AlreadyExists, // somebody made it before us
    Conflict,      // it changed in between, or belongs to somebody else
    Unauthorized,  // no or wrong credentials
    Forbidden,     // credentials are fine, the right is missing
    Gone,          // a resource version, upload or page that has expired
    TooLarge,      // a limit in bytes, depth or count
    TooMany,       // the other side asks us to slow down (429)
    Corrupt,       // bytes do not match their digest or format
    Timeout,       // a deadline passed
    Unavailable,   // the other side is away or broken; try again later
    Cancelled,     // we were asked to stop
    Internal,      // a bug, ours or a library's
};

Words<ErrorCode> words_of(ErrorCode);

// What repeating the same call may come to while nobody changes anything.
enum class Prospect {
    Passing,   // Timeout, Unavailable, TooMany, Conflict, Gone, Cancelled: it may go well
    Permanent, // InvalidInput, NotFound, AlreadyExists, Forbidden, TooLarge, Corrupt: the same again
    Unknown,   // Unauthorized, Internal: worth a few tries
};
Prospect prospect_of(ErrorCode code);

struct Error {
    ErrorCode code = ErrorCode::Internal;
    std::string message;
    // How long the other side asked us to wait (Retry-After), if it did.
    std::optional<std::chrono::milliseconds> retry_after;
    // The CamelCase word a status shows ("CommitNotFound"), where the code alone says too little.
    std::string reason;

    Error(ErrorCode error_code, std::string text) : code(error_code), message(std::move(text)) {}

    // Whether the same call may succeed later without anybody changing anything.
    bool retryable() const;

    // "what: message"; code, wait and reason stay.
    Error within(std::string_view what) &&;
};

} // namespace pedigree
