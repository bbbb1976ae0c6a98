#pragma once
// The event files of tests/cases/tensorboard, as their real writers left them (write.py there), and
// records made by hand.

#include <algorithm>
#include <filesystem>
#include <string>

#include "base/digest.h"
#include "base/file.h"
#include "tests/checkout/checkout.h"

namespace pedigree::trackers::tensorboard {

inline std::string event_file(const std::string& name) {
    std::string digits = *read_file(case_path("tensorboard") / (name + ".hex"));
    std::erase(digits, '\n');
    return *from_hex(digits);
}

// Floats as four bytes.
inline const std::string half("\0\0\0\x3f", 4), one("\0\0\x80\x3f", 4);

// One field of a protobuf message: bytes shorter than 128, or a number below that.
inline std::string bytes_field(int number, const std::string& bytes) {
    return std::string{static_cast<char>(number << 3 | 2), static_cast<char>(bytes.size())} + bytes;
}
inline std::string small_field(int number, int value) {
    return {static_cast<char>(number << 3), static_cast<char>(value)};
}
// An event with one simple_value; its four bytes are given.
inline std::string scalar_event(const std::string& tag, int step, const std::string& float32) {
    const std::string value = bytes_field(1, tag) + '\x15' + float32;
    return small_field(2, step) + bytes_field(5, bytes_field(1, value));
}

} // namespace pedigree::trackers::tensorboard
