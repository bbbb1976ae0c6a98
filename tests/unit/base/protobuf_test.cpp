#include "base/protobuf.h"

#include <string>

#include <gtest/gtest.h>

namespace pedigree {
namespace {

using namespace std::string_literals;

TEST(Protobuf, fields_come_in_the_order_of_their_bytes) {
    // 1: -1, 2: "ab", 3: 1.5, 4: 0.25f, 300: 7; as protoc --encode writes them.
    const std::string bytes = "\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"
                              "\x12\x02"
                              "ab\x19\0\0\0\0\0\0\xf8\x3f\x25\0\0\x80\x3e\xe0\x12\x07"s;
    ProtobufReader message(bytes);
    const auto one = message.next();
    ASSERT_TRUE(one && one->is(1, ProtobufKind::Varint));
    EXPECT_EQ(one->integer(), -1);
    const auto two = message.next();
    ASSERT_TRUE(two && two->is(2, ProtobufKind::Bytes));
    EXPECT_EQ(two->bytes, "ab");
    const auto three = message.next();
    ASSERT_TRUE(three && three->is(3, ProtobufKind::Fixed64));
    EXPECT_EQ(three->float64(), 1.5);
    const auto four = message.next();
    ASSERT_TRUE(four && four->is(4, ProtobufKind::Fixed32));
    EXPECT_EQ(four->float32(), 0.25);
    const auto last = message.next();
    ASSERT_TRUE(last && last->is(300, ProtobufKind::Varint));
    EXPECT_EQ(last->integer(), 7);
    EXPECT_FALSE(message.next());
    EXPECT_FALSE(message.broken());
}

TEST(Protobuf, what_is_no_field_breaks_the_message_and_nothing_is_read_beyond_it) {
    for (const std::string& bytes : {
             "\x08"s,                                             // no value
             "\x08\x80"s,                                         // a value without its end
             "\x08\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01"s, // of more than 64 bits
             "\x12\x03"s + "ab",                                  // two of three bytes
             "\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"s + "ab", "\x19\0\0\0"s,
             "\x25\0\0\0"s,                              // cut numbers
             "\x02\x00"s,                                // number 0
             "\x0b"s, "\x0c"s, "\x0e\x01"s, "\x0f\x01"s, // groups, no kinds
             "\x80\x80\x80\x80\x10\x01"s,                // a number above 2^29 - 1
         }) {
        ProtobufReader message(bytes);
        EXPECT_FALSE(message.next()) << testing::PrintToString(bytes);
        EXPECT_TRUE(message.broken()) << testing::PrintToString(bytes);
        EXPECT_FALSE(message.next());
    }
}

TEST(Protobuf, what_stands_before_a_break_is_given) {
    ProtobufReader message("\x08\x05\x12\x09"
                           "a");
    EXPECT_EQ(message.next()->integer(), 5);
    EXPECT_FALSE(message.next());
    EXPECT_TRUE(message.broken());
}

TEST(Protobuf, packed_numbers_are_read_one_by_one) {
    ProtobufReader varints("\x01\xac\x02");
    EXPECT_EQ(varints.varint(), 1u);
    EXPECT_EQ(varints.varint(), 300u);
    EXPECT_FALSE(varints.varint());
    EXPECT_FALSE(varints.broken());
    const std::string two = "\0\0\x80\x3f\0\0"s;
    ProtobufReader floats(two);
    EXPECT_EQ(floats.fixed(4), 0x3f800000u);
    EXPECT_FALSE(floats.fixed(4));
    EXPECT_TRUE(floats.broken());
}

} // namespace
} // namespace pedigree
