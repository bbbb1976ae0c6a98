#include "trackers/tensorboard/tensor.h"

#include <gtest/gtest.h>

#include "tests/unit/trackers/tensorboard/cases.h"

namespace pedigree::trackers::tensorboard {
namespace {

using namespace std::string_literals;

const std::string two_and_a_half = "\0\0\0\0\0\0\x04\x40"s; // a double

TEST(Tensor, a_number_is_read_in_each_type_wherever_it_stands) {
    EXPECT_EQ(scalar_of(small_field(1, 1) + bytes_field(4, half)), 0.5);
    EXPECT_EQ(scalar_of(small_field(1, 1) + bytes_field(5, half)), 0.5); // packed
    EXPECT_EQ(scalar_of(small_field(1, 1) + "\x2d" + half), 0.5);        // not packed
    EXPECT_EQ(scalar_of(small_field(1, 2) + bytes_field(4, two_and_a_half)), 2.5);
    EXPECT_EQ(scalar_of(small_field(1, 2) + bytes_field(6, two_and_a_half)), 2.5);
    EXPECT_EQ(scalar_of(small_field(1, 3) + bytes_field(4, "\xff\xff\xff\xff")), -1);
    EXPECT_EQ(scalar_of(small_field(1, 3) + small_field(7, 7)), 7);
    EXPECT_EQ(scalar_of(small_field(1, 9) + bytes_field(4, "\xfe\xff\xff\xff\xff\xff\xff\xff")),
              -2);
    EXPECT_EQ(scalar_of(small_field(1, 9) + bytes_field(10, "\x07")), 7);
}

TEST(Tensor, what_is_no_single_number_is_none) {
    const std::string one_by_one = bytes_field(2, bytes_field(2, small_field(1, 1)));
    const std::string two = bytes_field(2, bytes_field(2, small_field(1, 2)));
    EXPECT_EQ(scalar_of(small_field(1, 1) + one_by_one + bytes_field(4, half)), 0.5);
    EXPECT_FALSE(scalar_of(small_field(1, 1) + two + bytes_field(4, half)));
    EXPECT_FALSE(scalar_of(small_field(1, 7) + bytes_field(8, "text")));
    EXPECT_FALSE(scalar_of(small_field(1, 1) + bytes_field(5, "\0\0"s)));
    EXPECT_FALSE(scalar_of(small_field(1, 1)));
    EXPECT_FALSE(scalar_of(small_field(1, 1) + bytes_field(4, half) + "\x0a"));
    EXPECT_FALSE(scalar_of(""));
}

} // namespace
} // namespace pedigree::trackers::tensorboard
