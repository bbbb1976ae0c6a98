#pragma once
// Result<T> is what every fallible function of pedigree returns: a value or an Error. Exceptions of
// libraries are caught in the one .cpp that wraps the library. TRY leaves the enclosing function
// with the error, or binds the value:
//
//     TRY(auto text, read_file(path, config_bytes_max));
//     TRY(write_all(descriptor, text));

#include <tl/expected.hpp>

#include "base/error.h"

namespace pedigree {

template <typename T>
using Result = tl::expected<T, Error>;

using Status = Result<void>;

inline tl::unexpected<Error> failure(ErrorCode code, std::string message) {
    return tl::unexpected<Error>(Error(code, std::move(message)));
}

// With the CamelCase word under which a status shows it.
inline tl::unexpected<Error> failure(ErrorCode code, std::string_view reason, std::string message) {
    Error error(code, std::move(message));
    error.reason = reason;
    return tl::unexpected<Error>(std::move(error));
}

} // namespace pedigree

#define PEDIGREE_JOIN_INNER(a, b) a##b
#define PEDIGREE_JOIN(a, b) PEDIGREE_JOIN_INNER(a, b)
#define PEDIGREE_TRY_1(expression)                                                                 \
    if (auto try_status = (expression); !try_status)                                               \
    return tl::unexpected<::pedigree::Error>(std::move(try_status).error())
#define PEDIGREE_TRY_BIND(name, declaration, ...)                                                  \
    auto name = (__VA_ARGS__);                                                                     \
    if (!name)                                                                                     \
        return tl::unexpected<::pedigree::Error>(std::move(name).error());                         \
    declaration = *std::move(name)
#define PEDIGREE_TRY_2(declaration, ...)                                                           \
    PEDIGREE_TRY_BIND(PEDIGREE_JOIN(try_result_, __LINE__), declaration, __VA_ARGS__)
#define PEDIGREE_TRY_PICK(a, b, c, d, e, f, g, h, picked, ...) picked
#define TRY(...)                                                                                   \
    PEDIGREE_TRY_PICK(__VA_ARGS__, PEDIGREE_TRY_2, PEDIGREE_TRY_2, PEDIGREE_TRY_2, PEDIGREE_TRY_2, \
                      PEDIGREE_TRY_2, PEDIGREE_TRY_2, PEDIGREE_TRY_2, PEDIGREE_TRY_1)              \
    (__VA_ARGS__)
