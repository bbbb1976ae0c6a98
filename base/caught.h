#pragma once
// Where an exception ends: at the main of a thread or a process, and around a task of somebody
// else. Libraries throw, and so does an allocation under a limit; an exception that leaves a thread
// ends the process without a word.
//
//     return caught([&] { return do_work(input); }); // Result<T>, as do_work gives it
//
// Any thread.

#include <string_view>

#include "base/result.h"

namespace pedigree {

// The reason of an error that says: this process may not have so much memory.
constexpr std::string_view memory_exceeded = "MemoryExceeded";

// Of the exception that is being handled: TooLarge with the reason memory_exceeded for a failed
// allocation, else Internal with the exception's words.
Error error_of_exception();

// What `action` returns, a Result; or the exception that it threw, as its error.
template <typename Action>
auto caught(Action&& action) -> decltype(action()) {
    try {
        return action();
    } catch (...) {
        return tl::unexpected<Error>(error_of_exception());
    }
}

} // namespace pedigree
