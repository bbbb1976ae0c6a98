#include "base/error.h"

#include <gtest/gtest.h>

namespace pedigree {
namespace {

TEST(Prospect, WhatMaySucceedWithoutAnybodysHandIsNeverPermanent) {
    for (const auto& [code, word] : words_of(ErrorCode{}).rows()) {
        if (Error(code, "").retryable()) {
            EXPECT_EQ(prospect_of(code), Prospect::Passing) << word;
        }
    }
}

TEST(Prospect, ARefusalOfWhatWasAskedIsPermanent) {
    for (const ErrorCode code :
         {ErrorCode::InvalidInput, ErrorCode::Forbidden, ErrorCode::TooLarge, ErrorCode::Corrupt}) {
        EXPECT_EQ(prospect_of(code), Prospect::Permanent) << to_string(code);
    }
}

TEST(Prospect, ABugIsNeither) {
    EXPECT_EQ(prospect_of(ErrorCode::Internal), Prospect::Unknown);
}

} // namespace
} // namespace pedigree
