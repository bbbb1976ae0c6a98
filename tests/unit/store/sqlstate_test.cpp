#include "store/sqlstate.h"

#include <gtest/gtest.h>

namespace pedigree::store {
namespace {

struct Case {
    const char* sqlstate;
    ErrorCode code;
};

class SqlstateTest : public testing::TestWithParam<Case> {};

TEST_P(SqlstateTest, MeansToTheCaller) {
    EXPECT_EQ(to_string(error_code_of(GetParam().sqlstate)), to_string(GetParam().code));
}

INSTANTIATE_TEST_SUITE_P(
    Codes, SqlstateTest,
    testing::Values(Case{"", ErrorCode::Unavailable},      // the connection broke
                    Case{"08006", ErrorCode::Unavailable}, // connection_failure
                    Case{"57P01", ErrorCode::Unavailable}, // admin_shutdown
                    Case{"57P03", ErrorCode::Unavailable}, // cannot_connect_now
                    Case{"53100", ErrorCode::Unavailable}, // disk_full
                    Case{"53300", ErrorCode::Unavailable}, // too_many_connections
                    Case{"25006", ErrorCode::Unavailable}, // read_only_sql_transaction
                    Case{"40001", ErrorCode::Conflict},    // serialization_failure
                    Case{"40P01", ErrorCode::Conflict},    // deadlock_detected
                    Case{"55P03", ErrorCode::Conflict},    // lock_not_available
                    Case{"23505", ErrorCode::AlreadyExists},
                    Case{"23503", ErrorCode::InvalidInput}, // foreign_key_violation
                    Case{"22P02", ErrorCode::InvalidInput}, // invalid_text_representation
                    Case{"42501", ErrorCode::Forbidden},    // insufficient_privilege
                    Case{"28P01", ErrorCode::Unauthorized}, // invalid_password
                    Case{"57014", ErrorCode::Timeout},      // query_canceled
                    Case{"PG001", ErrorCode::Forbidden},    // our own: append-only
                    Case{"42P01", ErrorCode::Internal}));   // undefined_table

} // namespace
} // namespace pedigree::store
