#include "cli/app/exit_code.h"

#include <sstream>

#include <gtest/gtest.h>

#include "base/file.h"
#include "tests/checkout/checkout.h"

namespace pedigree::cli {
namespace {

TEST(ExitCode, FollowsFromTheError) {
    const std::vector<std::pair<ErrorCode, int>> expected{
        {ErrorCode::Internal, 1},    {ErrorCode::InvalidInput, 3}, {ErrorCode::TooLarge, 3},
        {ErrorCode::NotFound, 4},    {ErrorCode::Gone, 4},         {ErrorCode::Unauthorized, 5},
        {ErrorCode::Forbidden, 5},   {ErrorCode::Conflict, 6},     {ErrorCode::AlreadyExists, 6},
        {ErrorCode::Unavailable, 7}, {ErrorCode::Timeout, 7},      {ErrorCode::TooMany, 7},
        {ErrorCode::Corrupt, 9},     {ErrorCode::Cancelled, 130},
    };
    for (const auto& [code, number] : expected) {
        EXPECT_EQ(static_cast<int>(exit_code_of(Error(code, ""))), number) << to_string(code);
    }
}

TEST(ExitCode, EachIsDocumented) {
    const auto page = read_file(checkout_path("docs/cli/exit-codes.md"));
    ASSERT_TRUE(page);
    for (const ExitCode code :
         {ExitCode::Ok, ExitCode::Failed, ExitCode::Usage, ExitCode::InvalidInput,
          ExitCode::NotFound, ExitCode::NotAllowed, ExitCode::Conflict, ExitCode::Unreachable,
          ExitCode::TimedOut, ExitCode::NotVerified, ExitCode::PartlyVerified,
          ExitCode::Interrupted}) {
        const std::string row = "| " + std::to_string(static_cast<int>(code)) + " |";
        EXPECT_NE(page->find(row), std::string::npos) << row;
    }
    std::istringstream lines(*page);
    int rows = 0;
    for (std::string line; std::getline(lines, line);) {
        rows += line.size() > 2 && line.starts_with("| ") && line[2] >= '0' && line[2] <= '9';
    }
    EXPECT_EQ(rows, 12);
}

} // namespace
} // namespace pedigree::cli
