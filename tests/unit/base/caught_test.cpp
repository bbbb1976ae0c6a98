#include "base/caught.h"

#include <new>
#include <stdexcept>

#include <gtest/gtest.h>

#include "base/together.h"

namespace pedigree {
namespace {

TEST(Caught, HandsOnWhatIsReturned) {
    EXPECT_EQ(*caught([]() -> Result<int> { return 3; }), 3);
    EXPECT_EQ(caught([]() -> Status { return failure(ErrorCode::Gone, "x"); }).error().code,
              ErrorCode::Gone);
}

TEST(Caught, AnExceptionBecomesAnError) {
    const auto thrown = caught([]() -> Result<int> { throw std::runtime_error("bad\xff byte"); });
    ASSERT_FALSE(thrown);
    EXPECT_EQ(thrown.error().code, ErrorCode::Internal);
    EXPECT_NE(thrown.error().message.find("bad"), std::string::npos);
    EXPECT_EQ(caught([]() -> Status { throw 7; }).error().code, ErrorCode::Internal);
}

TEST(Caught, AFailedAllocationNamesMemory) {
    const auto thrown = caught([]() -> Status { throw std::bad_alloc(); });
    ASSERT_FALSE(thrown);
    EXPECT_EQ(thrown.error().code, ErrorCode::TooLarge);
    EXPECT_EQ(thrown.error().reason, memory_exceeded);
    EXPECT_NE(thrown.error().message.find("memory"), std::string::npos);
}

// On a thread of its own an exception would end the process.
TEST(Together, ATaskThatThrowsHasFailed) {
    const Task throws = []() -> Status { throw std::bad_alloc(); };
    const auto outcome = do_together({throws, throws, throws}, 3);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().reason, memory_exceeded);
}

} // namespace
} // namespace pedigree
