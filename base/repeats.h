#pragma once
// Keeps what says the same again and again from filling a log: of equal lines the first
// `repeats_max` of a minute are written, further ones are counted, and the count is told when the
// minute is over and anything is logged again.
//
//     for (const auto& [line, suppressed] : repeats.ended(now)) { /* tell it, once */ }
//     if (repeats.may_write(line, now)) { /* write it */ }
//
// Pure but for what it remembers; not for two threads at once (the log holds it in a Sync).

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace pedigree {

constexpr std::uint64_t repeats_max = 10; // equal lines in one window
constexpr std::chrono::seconds repeats_window{60};
// Different lines that are remembered; what is new beyond that is written without being counted.
constexpr std::size_t repeats_remembered_max = 1024;

class Repeats {
  public:
    using Time = std::chrono::system_clock::time_point;

    struct Ended {
        std::string line;
        std::uint64_t suppressed = 0; // never 0
    };
    // Forgets the windows that are over; tells those in which lines were held back.
    std::vector<Ended> ended(Time now);
    bool may_write(std::string_view line, Time now);

  private:
    struct Window {
        Time begin;
        std::uint64_t count = 0;
    };
    std::map<std::string, Window, std::less<>> windows_;
};

} // namespace pedigree
