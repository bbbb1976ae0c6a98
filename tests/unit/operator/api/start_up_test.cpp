#include "operator/start_up.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pedigree::control {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

const BackoffOptions soon{.first = milliseconds(1), .ceiling = milliseconds(2)};

TEST(StartUp, WaitsForWhatIsAwayAndSaysWhy) {
    Readiness readiness;
    int tries = 0;
    const Awaited awaited{.what = "PostgreSQL",
                          .action = [&]() -> Status {
                              if (++tries < 4) {
                                  return failure(ErrorCode::Unavailable, "connection refused");
                              }
                              // What was told after the try before this one.
                              EXPECT_THAT(readiness.status().error().message,
                                          HasSubstr("PostgreSQL: connection refused"));
                              return {};
                          },
                          .backoff = soon};
    EXPECT_TRUE(wait_until_there(awaited, readiness, {}));
    EXPECT_EQ(tries, 4);
    EXPECT_FALSE(readiness.status()); // being there is not yet serving
    readiness.serves();
    EXPECT_TRUE(readiness.status());
}

// A process that serves and is about to lead stays ready: its APIService has a backend.
TEST(StartUp, WhatAServingProcessWaitsForIsNotedAndTakenBack) {
    Readiness readiness;
    readiness.serves();
    int tries = 0;
    const Awaited awaited{.what = "PostgreSQL, to lead",
                          .action = [&]() -> Status {
                              if (++tries < 3) {
                                  return failure(ErrorCode::Unavailable, "connection refused");
                              }
                              EXPECT_TRUE(readiness.status());
                              EXPECT_EQ(readiness.notes(), "waiting for PostgreSQL, to lead: "
                                                           "connection refused\n");
                              return {};
                          },
                          .backoff = soon,
                          .meanwhile = Meanwhile::Noted};
    EXPECT_TRUE(wait_until_there(awaited, readiness, {}));
    EXPECT_EQ(readiness.notes(), "");
}

TEST(StartUp, WhatTimeDoesNotMendEndsIt) {
    Readiness readiness;
    int tries = 0;
    const auto refuse = [&]() -> Status {
        ++tries;
        return failure(ErrorCode::Forbidden, "no right to look");
    };
    const Status ended = wait_until_there({"it", refuse, {}, soon}, readiness, {});
    EXPECT_EQ(ended.error().code, ErrorCode::Forbidden);
    EXPECT_EQ(tries, 1);
}

TEST(StartUp, WhatIsPassingIsTheCallersToSay) {
    Readiness readiness;
    int tries = 0;
    const auto refuse_first = [&]() -> Status {
        return ++tries < 3 ? Status(failure(ErrorCode::Forbidden, "rights are being set up"))
                           : Status();
    };
    const auto any = [](const Error&) { return true; };
    EXPECT_TRUE(wait_until_there({"it", refuse_first, any, soon}, readiness, {}));
    EXPECT_EQ(tries, 3);
}

TEST(StartUp, AStopEndsIt) {
    Readiness readiness;
    std::stop_source stop;
    const auto away = [&]() -> Status {
        stop.request_stop();
        return failure(ErrorCode::Unavailable, "away");
    };
    const Status ended = wait_until_there({"it", away, {}, soon}, readiness, stop.get_token());
    EXPECT_EQ(ended.error().code, ErrorCode::Cancelled);
}

} // namespace
} // namespace pedigree::control
