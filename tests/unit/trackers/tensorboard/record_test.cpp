#include "trackers/tensorboard/record.h"

#include <gtest/gtest.h>

#include "tests/unit/trackers/tensorboard/cases.h"
#include "trackers/tensorboard/event.h"

namespace pedigree::trackers::tensorboard {
namespace {

using namespace std::string_literals;

std::vector<std::string> records_of(std::string_view bytes) {
    std::vector<std::string> records;
    for (;;) {
        const Frame frame = first_frame(bytes);
        if (frame.kind != FrameKind::Record) {
            return records;
        }
        records.emplace_back(frame.record);
        bytes.remove_prefix(frame.bytes);
    }
}

TEST(Record, files_of_real_writers_are_read_to_their_end_and_written_again_byte_for_byte) {
    for (const char* name : {"hparam_tuning", "hparam_tuning_run-0", "keras", "keras_train", "tf1",
                             "tensorboardx", "tensorboardx_trial"}) {
        const std::string file = event_file(name);
        std::string again;
        for (const std::string& record : records_of(file)) {
            EXPECT_TRUE(read_event(record)) << name;
            again += framed(record);
        }
        EXPECT_EQ(again, file) << name;
    }
}

TEST(Record, a_file_cut_anywhere_gives_the_records_before_and_asks_for_what_the_next_needs) {
    const std::string file = framed("first") + framed("") + framed("third");
    for (std::size_t cut = 0; cut < file.size(); ++cut) {
        std::string_view left = std::string_view(file).substr(0, cut);
        Frame frame = first_frame(left);
        while (frame.kind == FrameKind::Record) {
            left.remove_prefix(frame.bytes);
            frame = first_frame(left);
        }
        EXPECT_EQ(frame.kind, FrameKind::Cut) << cut;
        EXPECT_GT(frame.bytes, left.size());
        EXPECT_LE(cut - left.size() + frame.bytes, file.size());
    }
    EXPECT_EQ(records_of(file), (std::vector<std::string>{"first", "", "third"}));
}

TEST(Record, every_byte_that_was_turned_around_is_noticed) {
    const std::string file = framed("some record");
    for (std::size_t at = 0; at < file.size(); ++at) {
        std::string turned = file;
        turned[at] = static_cast<char>(~turned[at]);
        const Frame frame = first_frame(turned);
        EXPECT_EQ(frame.kind, at < 12 ? FrameKind::Lost : FrameKind::Damaged) << at;
        EXPECT_EQ(frame.bytes, at < 12 ? 0 : file.size());
    }
}

// The head of a record says its length with a good CRC, whoever wrote it.
std::string head_of(std::size_t length) {
    return framed(std::string(length, 'x')).substr(0, 12);
}

TEST(Record, a_length_is_believed_only_as_far_as_a_record_may_be_long) {
    EXPECT_EQ(first_frame(head_of(event_bytes_max)).kind, FrameKind::Cut);
    const Frame large = first_frame(head_of(event_bytes_max + 1));
    EXPECT_EQ(large.kind, FrameKind::TooLarge);
    EXPECT_EQ(large.bytes, event_bytes_max + 1 + 16);
    // 2^64 - 1 and 2^62 with their true CRCs: sums with them would overflow.
    EXPECT_EQ(first_frame("\xff\xff\xff\xff\xff\xff\xff\xff\xa6\x7b\x11\x3a"s).kind,
              FrameKind::Lost);
    EXPECT_EQ(first_frame(std::string(12, '\0')).kind, FrameKind::Lost); // a hole in a file
}

} // namespace
} // namespace pedigree::trackers::tensorboard
