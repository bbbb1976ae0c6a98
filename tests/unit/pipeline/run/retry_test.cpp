#include <gtest/gtest.h>

#include "pipeline/run/classify.h"

namespace pedigree::run {
namespace {

Verdict failed(FailureClass failure_class, const std::string& reason = "X") {
    return {failure_class, reason, "", 1};
}

// How many attempts there are if every one fails like this.
std::int64_t attempts_until_stop(const Verdict& verdict, std::string memory,
                                 const spec::RetriesSpec& retries) {
    TriesSoFar tries;
    for (std::int64_t attempts = 1;; ++attempts) {
        tries.infrastructure += verdict.failure_class == FailureClass::Infrastructure ? 1 : 0;
        tries.out_of_memory += verdict.failure_class == FailureClass::OutOfMemory ? 1 : 0;
        tries.user_code += verdict.failure_class == FailureClass::UserCode ? 1 : 0;
        const Next next = next_after(verdict, tries, memory, retries);
        if (next.step == NextStep::Stop || attempts > 1000) {
            return attempts;
        }
        memory = next.memory.empty() ? memory : next.memory;
    }
}

TEST(NextAfter, SpendsEachClassesBudget) {
    const spec::RetriesSpec retries{
        .infrastructure = 3, .out_of_memory = 5, .user_code = 1, .memory_limit = "8Gi"};
    EXPECT_EQ(attempts_until_stop(failed(FailureClass::Infrastructure), "1Gi", retries), 4);
    EXPECT_EQ(attempts_until_stop(failed(FailureClass::UserCode), "1Gi", retries), 2);
    EXPECT_EQ(attempts_until_stop(failed(FailureClass::Configuration), "1Gi", retries), 1);
    EXPECT_EQ(attempts_until_stop(failed(FailureClass::Deadline), "1Gi", retries), 1);
    EXPECT_EQ(attempts_until_stop(failed(FailureClass::Cancelled), "1Gi", retries), 1);
    EXPECT_EQ(attempts_until_stop(failed(FailureClass::None), "1Gi", retries), 1);
    // 1, 2, 4, 8 Gi: the limit comes before the budget.
    EXPECT_EQ(attempts_until_stop(failed(FailureClass::OutOfMemory), "1Gi", retries), 4);
}

TEST(NextAfter, DoublesMemoryUpToTheLimit) {
    const spec::RetriesSpec retries{
        .infrastructure = 0, .out_of_memory = 2, .user_code = 0, .memory_limit = "3Gi"};
    const Next next = next_after(failed(FailureClass::OutOfMemory), {0, 1, 0}, "2Gi", retries);
    EXPECT_EQ(next.step, NextStep::RetryWithMoreMemory);
    EXPECT_EQ(next.memory, "3Gi");
    EXPECT_EQ(next.why, "retry 1 of 2 after OutOfMemory");
    EXPECT_EQ(next_after(failed(FailureClass::OutOfMemory), {0, 2, 0}, "3Gi", retries).step,
              NextStep::Stop);
}

TEST(NextAfter, NeverRepeatsOutOfMemoryWithTheSameMemory) {
    spec::RetriesSpec retries;
    ASSERT_EQ(retries.memory_limit, "");
    EXPECT_EQ(next_after(failed(FailureClass::OutOfMemory), {0, 1, 0}, "2Gi", retries).step,
              NextStep::Stop);
    retries.memory_limit = "8Gi";
    const Verdict cuda = failed(FailureClass::OutOfMemory, "CudaOutOfMemory");
    EXPECT_EQ(next_after(cuda, {0, 1, 0}, "2Gi", retries).step, NextStep::Stop);
}

TEST(NextAfter, CountsClassesApart) {
    const spec::RetriesSpec retries{
        .infrastructure = 1, .out_of_memory = 0, .user_code = 1, .memory_limit = ""};
    EXPECT_EQ(next_after(failed(FailureClass::UserCode), {1, 0, 1}, "1Gi", retries).step,
              NextStep::Retry);
}

} // namespace
} // namespace pedigree::run
