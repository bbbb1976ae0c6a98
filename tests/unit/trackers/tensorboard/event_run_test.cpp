#include "trackers/tensorboard/event_run.h"

#include <gtest/gtest.h>

#include "tests/unit/trackers/tensorboard/cases.h"
#include "trackers/tensorboard/record.h"

namespace pedigree::trackers::tensorboard {
namespace {

using namespace std::string_literals;
using records::pod::ObservedRun;

struct RunBench {
    void take(const std::string& record) {
        run.take(record, room, [&](const EventRun::Scalar& scalar) {
            scalars.push_back(std::string(scalar.tag));
        });
    }
    void take_file(std::string_view bytes) {
        for (Frame frame = first_frame(bytes); frame.kind == FrameKind::Record;
             frame = first_frame(bytes)) {
            take(std::string(frame.record));
            bytes.remove_prefix(frame.bytes);
        }
    }
    ObservedRun observed() const { return run.observed(EventRun::Points::Take); }

    EventRun run{"logs/run-0"};
    Room room;
    std::vector<std::string> scalars;
};

TEST(EventRun, what_hparams_and_tf2_wrote_is_one_run) {
    RunBench bench;
    bench.take_file(event_file("hparam_tuning_run-0"));
    const ObservedRun run = bench.observed();
    EXPECT_EQ(run.tracker, "TensorBoard");
    EXPECT_EQ(run.run_id, "logs/run-0");
    EXPECT_TRUE(run.in_files);
    EXPECT_EQ(run.parameters,
              (std::map<std::string, std::string>{
                  {"batch_norm", "true"}, {"lr", "0.01"}, {"optimizer", "adam"}, {"units", "4"}}));
    ASSERT_EQ(run.metrics.size(), 1u);
    const auto& accuracy = run.metrics.at("accuracy");
    EXPECT_EQ(accuracy.count, 3);
    EXPECT_EQ(accuracy.first.text(), "0.5");
    EXPECT_EQ(accuracy.last.text(), "0.75");
    EXPECT_EQ(accuracy.last_step, 2);
    EXPECT_EQ(accuracy.min.text(), "0.25");
    EXPECT_EQ(accuracy.points.size(), 3u);
    EXPECT_EQ(run.logged, (std::map<std::string, std::int64_t>{
                              {"histograms", 1}, {"images", 1}, {"texts", 1}}));
    EXPECT_EQ(run.status, ""); // hp.hparams never says that a session ended
    EXPECT_EQ(bench.room.not_read, 0);
}

TEST(EventRun, the_callback_of_keras_begins_and_ends_a_session) {
    RunBench bench;
    bench.take_file(event_file("keras"));
    EXPECT_EQ(bench.observed().status, "SUCCESS");
    EXPECT_EQ(bench.observed().parameters.at("lr"), "0.001");
    RunBench train;
    train.take_file(event_file("keras_train"));
    EXPECT_EQ(train.observed().metrics.at("epoch_loss").count, 2);
    EXPECT_TRUE(train.observed().parameters.empty());
}

TEST(EventRun, simple_values_of_tf1_and_tensorboardx_are_scalars) {
    RunBench first;
    first.take_file(event_file("tf1"));
    const auto loss = first.observed().metrics.at("loss");
    EXPECT_EQ(loss.count, 3);
    EXPECT_EQ(loss.points[1].value.text(), "NaN");
    EXPECT_EQ(loss.max.text(), "1.5");
    RunBench trial;
    trial.take_file(event_file("tensorboardx_trial"));
    EXPECT_EQ(trial.observed().parameters.at("name"), "net");
    EXPECT_EQ(trial.observed().parameters.at("bsize"), "32");
    EXPECT_EQ(trial.observed().metrics.at("hparam/accuracy").last.text(), "0.875");
    EXPECT_EQ(trial.observed().status, "SUCCESS");
}

TEST(EventRun, the_folder_of_an_hparams_experiment_alone_is_no_run) {
    RunBench bench;
    bench.take_file(event_file("hparam_tuning"));
    EXPECT_TRUE(bench.run.empty());
}

TEST(EventRun, the_first_session_of_a_folder_counts) {
    RunBench bench;
    bench.take_file(event_file("keras"));
    bench.take_file(event_file("tensorboardx_trial"));
    EXPECT_EQ(bench.observed().parameters.count("bsize"), 0u);
    EXPECT_EQ(bench.observed().parameters.at("units"), "8");
}

// dtype 1, no shape, the float in tensor_content.
std::string tensor_event(const std::string& tag, const std::string& metadata) {
    const std::string tensor = small_field(1, 1) + bytes_field(2, "") + bytes_field(4, half);
    return bytes_field(5, bytes_field(1, bytes_field(1, tag) + bytes_field(8, tensor) + metadata));
}

TEST(EventRun, metadata_may_stand_in_the_first_event_of_a_tag_alone) {
    RunBench bench;
    const std::string scalars = bytes_field(9, bytes_field(1, bytes_field(1, "scalars")));
    bench.take(tensor_event("a", scalars));
    bench.take(tensor_event("a", ""));
    bench.take(tensor_event("b", "")); // of which nobody said that it is a scalar
    bench.take(tensor_event("c", bytes_field(9, bytes_field(1, bytes_field(1, "mesh")))));
    EXPECT_EQ(bench.observed().metrics.at("a").count, 2);
    EXPECT_EQ(bench.observed().metrics.size(), 1u);
    EXPECT_EQ(bench.observed().logged.at("others"), 2);
}

TEST(EventRun, names_of_strangers_are_cleaned_and_each_scalar_is_told) {
    RunBench bench;
    bench.take(scalar_event("a\x1b\xff", 1, one));
    bench.take(scalar_event("\xe6\x90\x8d\xe5\xa4\xb1", 1, one));
    EXPECT_EQ(bench.scalars,
              (std::vector<std::string>{"a\\x1b\xef\xbf\xbd", "\xe6\x90\x8d\xe5\xa4\xb1"}));
}

TEST(EventRun, what_is_no_event_is_counted) {
    RunBench bench;
    bench.take("\x12");
    bench.take(bytes_field(5, "\x0a\x05"));
    EXPECT_EQ(bench.room.not_read, 2);
    EXPECT_TRUE(bench.run.empty());
}

TEST(EventRun, more_series_than_a_record_holds_are_counted_not_kept) {
    RunBench bench;
    for (std::size_t i = 0; i < series_in_all_max + 7; ++i) {
        bench.take(scalar_event("m" + std::to_string(i), 0, one));
    }
    EXPECT_EQ(bench.observed().metrics.size(), series_in_all_max);
    EXPECT_EQ(bench.room.values_beyond, 7);
    EXPECT_EQ(bench.room.points, series_in_all_max);
}

} // namespace
} // namespace pedigree::trackers::tensorboard
