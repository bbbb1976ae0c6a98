#include "trackers/tensorboard/session_end.h"

#include <gtest/gtest.h>

#include "tests/unit/trackers/tensorboard/cases.h"
#include "trackers/tensorboard/event_run.h"
#include "trackers/tensorboard/record.h"

namespace pedigree::trackers::tensorboard {
namespace {

// What a folder with these bytes says.
records::pod::ObservedRun said_by(std::string_view bytes) {
    EventRun run{"logs"};
    Room room;
    for (Frame frame = first_frame(bytes); frame.kind == FrameKind::Record;
         frame = first_frame(bytes)) {
        run.take(frame.record, room, [](const EventRun::Scalar&) {});
        bytes.remove_prefix(frame.bytes);
    }
    EXPECT_EQ(room.not_read, 0);
    return run.observed(EventRun::Points::Take);
}

TEST(SessionEnd, the_scripts_own_is_left_out_and_all_else_is_kept) {
    for (const char* name : {"keras", "tensorboardx_trial"}) {
        const std::string file = event_file(name);
        const std::string copy = without_session_end(file);
        EXPECT_NE(said_by(file).status, "") << name;
        EXPECT_LT(copy.size(), file.size());
        EXPECT_EQ(said_by(copy).status, "");
        EXPECT_EQ(said_by(copy).parameters, said_by(file).parameters);
        EXPECT_EQ(said_by(copy).metrics.size(), said_by(file).metrics.size());
        EXPECT_EQ(without_session_end(copy), copy);
    }
}

TEST(SessionEnd, what_cannot_be_read_stays) {
    const std::string file = event_file("keras");
    EXPECT_EQ(without_session_end(event_file("tf1")), event_file("tf1"));
    EXPECT_EQ(without_session_end(""), "");
    EXPECT_EQ(without_session_end(std::string(100, 'x')), std::string(100, 'x'));
    const std::string copy = without_session_end(file);
    EXPECT_EQ(without_session_end(file + "a cut record"), copy + "a cut record");
    std::string damaged = file;
    damaged[damaged.size() - 6] ^= 1; // in the last record
    EXPECT_EQ(without_session_end(damaged).size(), damaged.size());
}

TEST(SessionEnd, ours_says_how_it_ended) {
    EXPECT_EQ(said_by(session_end_file(SessionStatus::Success, 1.5)).status, "SUCCESS");
    EXPECT_EQ(said_by(session_end_file(SessionStatus::Failure, 1.5)).status, "FAILURE");
    const std::string copy =
        without_session_end(event_file("keras")) + session_end_file(SessionStatus::Failure, 1.5);
    EXPECT_EQ(said_by(copy).status, "FAILURE");
    EXPECT_EQ(said_by(copy).parameters, said_by(event_file("keras")).parameters);
}

} // namespace
} // namespace pedigree::trackers::tensorboard
