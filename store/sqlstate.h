#pragma once
// SQLSTATE to ErrorCode: what a database error means to the caller. What comes of repeating the
// statement, prospect_of() (base/error.h) says of that code: the values that were given (22, 23,
// 54) and rights (42501) are refused the same way for ever; a server that is away, full or
// starting, a lock, a deadlock pass; what no rule here knows is Internal, that is, unknown. Pure.
// https://www.postgresql.org/docs/15/errcodes-appendix.html

#include <string_view>

#include "base/error.h"

namespace pedigree::store {

ErrorCode error_code_of(std::string_view sqlstate);

} // namespace pedigree::store
