#include <algorithm>

#include <fmt/format.h>

#include "pipeline/run/classify.h"
#include "pipeline/spec/quantity.h"

namespace pedigree::run {
namespace {

Next retry_if(std::int64_t so_far, std::int64_t budget, FailureClass after) {
    if (so_far > budget) {
        return {};
    }
    return {NextStep::Retry, "",
            fmt::format("retry {} of {} after {}", so_far, budget, to_string(after))};
}

Next with_more_memory(const TriesSoFar& tries, const std::string& memory,
                      const spec::RetriesSpec& retries) {
    Next next = retry_if(tries.out_of_memory, retries.out_of_memory, FailureClass::OutOfMemory);
    const auto now = spec::parse_bytes(memory);
    const auto limit = spec::parse_bytes(retries.memory_limit);
    if (next.step == NextStep::Stop || !now || !limit || *limit <= *now) {
        return {}; // the same again would end the same way
    }
    next.step = NextStep::RetryWithMoreMemory;
    next.memory = spec::bytes_quantity(std::min(*now * 2, *limit));
    return next;
}

} // namespace

Next next_after(const Verdict& verdict, const TriesSoFar& tries, const std::string& memory,
                const spec::RetriesSpec& retries) {
    switch (verdict.failure_class) {
    case FailureClass::Infrastructure:
        return retry_if(tries.infrastructure, retries.infrastructure, FailureClass::Infrastructure);
    case FailureClass::OutOfMemory:
        // Memory of the machine can be raised; a GPU's cannot.
        return verdict.reason == "CudaOutOfMemory" ? Next{}
                                                   : with_more_memory(tries, memory, retries);
    case FailureClass::UserCode:
        return retry_if(tries.user_code, retries.user_code, FailureClass::UserCode);
    case FailureClass::None:
    case FailureClass::Configuration:
    case FailureClass::Deadline:
    case FailureClass::Cancelled:
        return {};
    }
    return {};
}

} // namespace pedigree::run
