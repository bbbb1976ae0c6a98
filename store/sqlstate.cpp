#include "store/sqlstate.h"

#include <array>
#include <utility>

namespace pedigree::store {
namespace {

using Rule = std::pair<std::string_view, ErrorCode>;

// The first prefix that fits decides: single codes before their class.
constexpr std::array rules{
    Rule{"08", ErrorCode::Unavailable},      // connection exception
    Rule{"23505", ErrorCode::AlreadyExists}, // unique_violation
    Rule{"23", ErrorCode::InvalidInput},     // other integrity constraints
    Rule{"22", ErrorCode::InvalidInput},     // data exception
    Rule{"25006", ErrorCode::Unavailable},   // read-only: a standby, failover is under way
    Rule{"25P03", ErrorCode::Timeout},       // idle in transaction too long
    Rule{"28", ErrorCode::Unauthorized},     // invalid authorization
    Rule{"3D000", ErrorCode::NotFound},      // no such database
    Rule{"40", ErrorCode::Conflict},         // serialization_failure, deadlock_detected
    Rule{"42501", ErrorCode::Forbidden},     // insufficient_privilege
    Rule{"53", ErrorCode::Unavailable},      // disk full, out of memory, too many connections
    Rule{"54", ErrorCode::TooLarge},         // program limit exceeded
    Rule{"55P03", ErrorCode::Conflict},      // lock_not_available
    Rule{"57014", ErrorCode::Timeout},       // query_canceled: statement_timeout
    Rule{"57P", ErrorCode::Unavailable},     // shutdown, starting up, idle session
    Rule{"58", ErrorCode::Unavailable},      // system error outside PostgreSQL
    Rule{"PG001", ErrorCode::Forbidden},     // raised by our own triggers: append-only
};

} // namespace

ErrorCode error_code_of(std::string_view sqlstate) {
    if (sqlstate.empty()) { // libpq gives none when the connection broke
        return ErrorCode::Unavailable;
    }
    for (const auto& [prefix, code] : rules) {
        if (sqlstate.starts_with(prefix)) {
            return code;
        }
    }
    return ErrorCode::Internal;
}

} // namespace pedigree::store
