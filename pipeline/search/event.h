#pragma once
// What happened in a search, in order: the only thing besides the Study that a suggestion depends
// on. The operator keeps events as rows, `pedigree search serve` as lines of a file. Values.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "pipeline/search/space.h"

namespace pedigree::search {

// A trial was handed out. Trials are numbered from 1 without gaps.
struct Asked {
    std::int64_t trial = 0;
    Parameters parameters;
    std::optional<std::int64_t> repeats; // it evaluates the parameters of that trial once more
};

// The objective's value at a step of a running trial.
struct Reported {
    std::int64_t trial = 0;
    std::int64_t step = 0;
    double value = 0;         // may be NaN or infinite
    std::int64_t attempt = 1; // a further one begins the trial's curve anew
};

// A trial has ended.
enum class Outcome {
    Completed, // with a value
    Stopped,   // early, by a rule; its value, if any, is the best it reported
    Failed,    // without a value; a value that is not finite counts as failed too
};
struct Told {
    std::int64_t trial = 0;
    Outcome outcome = Outcome::Completed;
    double value = 0;    // unless Failed
    std::string failure; // Failed: its class: OutOfMemory, UserCode, NotFinite ...
};

using Event = std::variant<Asked, Reported, Told>;
using History = std::vector<Event>;

} // namespace pedigree::search
