#include "base/stop_signals.h"

#include <chrono>
#include <csignal>
#include <thread>

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/log.h"
#include "base/pause.h"

namespace pedigree {
namespace {

constexpr std::chrono::seconds patience{20};

TEST(StopSignals, TerminationIsAStop) {
    for (const int number : {SIGTERM, SIGINT}) {
        const StopSignals signals;
        EXPECT_FALSE(signals.token().stop_requested());
        ::kill(::getpid(), number);
        EXPECT_FALSE(pause_for(patience, signals.token())) << "no stop came";
    }
}

TEST(StopSignals, AFurtherOneIsIgnoredUnlessItEndsTheProcess) {
    const StopSignals signals;
    ::kill(::getpid(), SIGTERM);
    EXPECT_FALSE(pause_for(patience, signals.token()));
    ::kill(::getpid(), SIGTERM);
}

TEST(StopSignalsDeathTest, TheSecondEndsTheProcess) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    EXPECT_EXIT(
        {
            const StopSignals signals(42);
            ::kill(::getpid(), SIGTERM);
            (void)pause_for(patience, signals.token());
            ::kill(::getpid(), SIGTERM);
            (void)pause_for(patience, {});
        },
        testing::ExitedWithCode(42), "");
}

TEST(StopSignals, AnotherSignalTogglesTheLog) {
    testing::internal::CaptureStderr();
    {
        const StopSignals signals;
        for (int i = 0; i < 2; ++i) { // there and back
            ::kill(::getpid(), SIGUSR1);
            // Blocked and pending until the thread has taken it.
            for (sigset_t pending;
                 ::sigpending(&pending) == 0 && ::sigismember(&pending, SIGUSR1);) {
                std::this_thread::yield();
            }
        }
        ::kill(::getpid(), SIGTERM);
        EXPECT_FALSE(pause_for(patience, signals.token()));
    }
    const std::string text = testing::internal::GetCapturedStderr();
    EXPECT_NE(text.find(R"("to":"debug")"), std::string::npos) << text;
    EXPECT_NE(text.find(R"("to":"info")"), std::string::npos) << text;
}

TEST(StopSignals, EndsWithItsObject) {
    for (int i = 0; i < 100; ++i) {
        const StopSignals signals;
    }
}

} // namespace
} // namespace pedigree
