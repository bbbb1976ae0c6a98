#include "base/hmac.h"

#include <gtest/gtest.h>

namespace pedigree {
namespace {

// RFC 4231, test cases 1 and 2.
TEST(Hmac, MatchesTheStandardVectors) {
    EXPECT_EQ(hmac_sha256(std::string(20, '\x0b'), "Hi There").hex(),
              "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    EXPECT_EQ(hmac_sha256("Jefe", "what do ya want for nothing?").hex(),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(Hmac, IsComparedAsAWhole) {
    Digest one = sha256("x");
    const Digest same = one;
    EXPECT_TRUE(equal_in_constant_time(one, same));
    one.bytes.back() ^= 1;
    EXPECT_FALSE(equal_in_constant_time(one, same));
}

} // namespace
} // namespace pedigree
