#include "base/digest.h"

#include <gtest/gtest.h>

#include "base/ids.h"

namespace pedigree {
namespace {

TEST(Sha256, MatchesTheStandardVectors) {
    EXPECT_EQ(sha256("abc").hex(),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    Sha256 hash;
    hash.update("a");
    hash.update("bc");
    EXPECT_EQ(hash.finish(), sha256("abc"));
    EXPECT_EQ(hash.finish(), sha256("")); // finish starts anew
}

TEST(Digest, ParsesItsOwnTextOnly) {
    const Digest digest = sha256("x");
    ASSERT_TRUE(Digest::parse(digest.text()));
    EXPECT_EQ(*Digest::parse(digest.text()), digest);
    EXPECT_FALSE(Digest::parse(digest.hex()));
    EXPECT_FALSE(Digest::parse("sha256:ABCD"));
}

TEST(Base64, GoesBothWays) {
    for (const std::string text : {"", "f", "fo", "foo", "foob"}) {
        EXPECT_EQ(*from_base64(to_base64(text)), text);
    }
    EXPECT_EQ(to_base64("foob"), "Zm9vYg==");
    EXPECT_FALSE(from_base64("a"));
}

TEST(Ids, UuidsNameTheirInputs) {
    EXPECT_EQ(uuid_from("a"), uuid_from("a"));
    EXPECT_NE(uuid_from("a"), uuid_from("b"));
    EXPECT_EQ(uuid_from("a")[14], '8');
    EXPECT_EQ(random_uuid()[14], '4');
}

TEST(Commitment, HidesAndProves) {
    const Commitment made = commit_text("someone@example.com");
    EXPECT_EQ(commitment_digest(made.salt, "someone@example.com"), made.digest);
    EXPECT_NE(commit_text("someone@example.com").digest, made.digest);
}

} // namespace
} // namespace pedigree
