// What follows from a failed try, by what is known of the failure.
#include "operator/activity/judge.h"

#include <gmock/gmock.h>

namespace pedigree::control {
namespace {

using experiment::ActivityRow;
using records::work::WorkFailure;
using testing::HasSubstr;

constexpr bool in_time = false;
constexpr bool overdue = true;

// The same failure until it is given up, or so many times.
struct Tried {
    std::int64_t tries = 0;
    Verdict last;
};
Tried try_alike(const Refusal& refusal, std::int64_t tries_max) {
    Tried tried;
    ActivityRow row;
    for (bool again = true; again && tried.tries < tries_max; again = tried.last.again) {
        tried.last = judge(refusal, row, in_time);
        row.reason = tried.last.failure.reason;
        row.alike = tried.last.alike;
        ++tried.tries;
    }
    return tried;
}

TEST(Judge, APermanentRefusalEndsAtOnceWithItsClass) {
    const Verdict users =
        judge(refusal_of(WorkFailure{FailureClass::Configuration, "RefNotFound", "no x"}),
              ActivityRow(), in_time);
    EXPECT_FALSE(users.again);
    EXPECT_EQ(users.failure.failure_class, FailureClass::Configuration);
    for (const ErrorCode code :
         {ErrorCode::InvalidInput, ErrorCode::NotFound, ErrorCode::Forbidden}) {
        const Verdict refused = judge(refusal_of(Error(code, "no")), ActivityRow(), in_time);
        EXPECT_FALSE(refused.again) << to_string(code);
        EXPECT_EQ(refused.failure.failure_class, FailureClass::Configuration);
    }
    for (const ErrorCode code : {ErrorCode::TooLarge, ErrorCode::Corrupt}) {
        const Verdict ours = judge(refusal_of(Error(code, "no")), ActivityRow(), in_time);
        EXPECT_FALSE(ours.again) << to_string(code);
        EXPECT_EQ(ours.failure.failure_class, FailureClass::Infrastructure);
    }
}

TEST(Judge, WhatPassesIsTriedUntilTheDeadline) {
    const Refusal away =
        refusal_of(WorkFailure{FailureClass::Infrastructure, "SourceUnavailable", "away"});
    EXPECT_EQ(try_alike(away, 1000).tries, 1000);
    const Verdict late = judge(away, ActivityRow(), overdue);
    EXPECT_FALSE(late.again);
    EXPECT_EQ(late.failure.failure_class, FailureClass::Deadline);
    EXPECT_EQ(late.failure.reason, "SourceUnavailable");
    // Of the worker itself, too: whoever is away, there is an end.
    EXPECT_TRUE(judge(refusal_of(Error(ErrorCode::Unavailable, "x")), {}, in_time).again);
    EXPECT_FALSE(judge(refusal_of(Error(ErrorCode::Unavailable, "x")), {}, overdue).again);
}

TEST(Judge, WhatNobodyCanTellIsTriedABoundedNumberOfTimes) {
    WorkFailure bug{FailureClass::Infrastructure, "Internal", "a bug"};
    bug.doubtful = true;
    for (const Refusal& unknown :
         {refusal_of(Error(ErrorCode::Internal, "a bug")), refusal_of(bug)}) {
        const Tried tried = try_alike(unknown, 1000);
        EXPECT_EQ(tried.tries, unknown_tries_max);
        EXPECT_EQ(tried.last.failure.failure_class, FailureClass::Infrastructure);
        EXPECT_THAT(tried.last.failure.message, HasSubstr("given up after 10 tries"));
        EXPECT_THAT(tried.last.failure.message, HasSubstr("a bug"));
    }
}

TEST(Judge, WorkWhoseProcessDiesIsGivenUpAfterThreeDeathsAndNamed) {
    WorkFailure death{FailureClass::Infrastructure, "WorkerInterrupted",
                      "BuildImage ended (signal 6)"};
    death.died = true;
    const Tried tried = try_alike(refusal_of(death), 1000);
    EXPECT_EQ(tried.tries, deaths_max);
    EXPECT_EQ(tried.last.failure.reason, "WorkPoisoned");
    EXPECT_THAT(tried.last.failure.message, HasSubstr("BuildImage ended (signal 6)"));
}

TEST(Judge, OnlyFailuresInARowCountAsAlike) {
    ActivityRow row;
    row.reason = "SourceUnavailable";
    row.alike = unknown_tries_max - 1;
    EXPECT_TRUE(judge(refusal_of(Error(ErrorCode::Internal, "a bug")), row, in_time).again);
}

} // namespace
} // namespace pedigree::control
