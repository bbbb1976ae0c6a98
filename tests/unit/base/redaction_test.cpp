// What a server sends back is shown without the call's credential, and nothing that a requester
// wrote tells whether it is a secret.
#include "base/redaction.h"

#include <gtest/gtest.h>

#include "base/digest.h"

namespace pedigree {
namespace {

const std::string value = "correct-Horse/9";

std::string shown(const std::string& answer, const std::vector<std::string>& sent = {}) {
    return redacted(answer, {Secret(value)}, sent);
}

TEST(Redaction, TheCallsCredentialIsTakenOutInEachForm) {
    EXPECT_EQ(shown("bad password correct-Horse/9!"), "bad password [redacted]!");
    EXPECT_EQ(shown("Basic " + to_base64(value)), "Basic [redacted]");
    EXPECT_EQ(shown("https://h/?p=correct-Horse%2f9&x"), "https://h/?p=[redacted]&x");
    EXPECT_EQ(redacted("is redacted", {Secret("redacted")}, {}), "is [redacted]");
}

TEST(Redaction, ShortValuesAndWordsStay) {
    EXPECT_EQ(redacted("an admin", {Secret("admin"), Secret("")}, {}), "an admin");
}

// The oracle: whoever writes the right value sees what he would see had he written a wrong one.
TEST(Redaction, AGuessIsNotConfirmed) {
    for (const std::string guess : {"correct-Horse/9", "correct-Horse/8"}) {
        for (const std::string& sent :
             {guess, "https://h/x?ref=" + guess, "{\"a\":\"" + guess + "\"}", to_base64(guess),
              std::string("https://h/correct-Horse%2F") + guess.back(),
              "CORRECT-HORSE/" + guess.substr(14)}) {
            EXPECT_EQ(shown("no run " + guess, {"other", sent}), "no run " + guess) << sent;
        }
    }
    EXPECT_EQ(shown("no run x; login correct-Horse/9", {"x"}), "no run x; login [redacted]");
}

TEST(Redaction, ASecretOfMarksAloneIsNotTakenForSent) {
    EXPECT_EQ(redacted("login a!-_-!", {Secret("a!-_-!")}, {"https://h/a"}), "login [redacted]");
    EXPECT_EQ(redacted("no a!-_-!", {Secret("a!-_-!")}, {"a!-_-!"}), "no a!-_-!");
}

TEST(Redaction, OneThatWasSentLeavesTheOthersOut) {
    EXPECT_EQ(redacted("first-secret second-secret",
                       {Secret("first-secret"), Secret("second-secret")}, {"first-secret"}),
              "first-secret [redacted]");
}

} // namespace
} // namespace pedigree
