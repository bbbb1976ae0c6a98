#pragma once
// SQLSTATE to ErrorCode: what a database error means to the caller. Pure.
// https://www.postgresql.org/docs/15/errcodes-appendix.html

#include <string_view>

#include "base/error.h"

namespace pedigree::store {

ErrorCode error_code_of(std::string_view sqlstate);

} // namespace pedigree::store
