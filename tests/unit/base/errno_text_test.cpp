#include "base/errno_text.h"

#include <gtest/gtest.h>

namespace pedigree {
namespace {

TEST(ErrnoText, SaysWhatTheSystemSaid) {
    EXPECT_EQ(errno_text(ENOENT), "No such file or directory");
    errno = EACCES;
    EXPECT_EQ(errno_text(), "Permission denied");
    EXPECT_EQ(errno_text(12345), "error 12345");
}

} // namespace
} // namespace pedigree
