#include "trackers/wandb/run_file.h"

#include <gtest/gtest.h>

#include "base/digest.h"
#include "base/file.h"
#include "tests/checkout/checkout.h"
#include "tests/unit/trackers/wandb/calls.h"

namespace pedigree::trackers::wandb {
namespace {

// What the real SDK of this version wrote for tests/integration/wandb/scripts/custom_loop.py,
// offline.
std::string sample(const std::string& version) {
    std::string text = *read_file(case_path("wandb/sdk-" + version + ".wandb.base64"));
    std::erase(text, '\n');
    return *from_base64(text);
}

class RealFile : public testing::TestWithParam<const char*> {
  protected:
    std::string bytes = sample(GetParam());
    Runs runs;
};

TEST_P(RealFile, SaysAllOfItsRun) {
    RunFile file(runs, "pedigree");
    file.feed(bytes);
    wandb::Run* run = file.finish();
    ASSERT_NE(run, nullptr);
    EXPECT_EQ(run->project, "mnist");
    EXPECT_EQ(run->name, "first");
    EXPECT_EQ(run->group, "g1");
    EXPECT_EQ(run->job_type, "train");
    EXPECT_EQ(run->notes, "a note");
    EXPECT_EQ(run->remote, "https://git.example/team/code.git");
    EXPECT_EQ(run->commit, "0123456789abcdef0123456789abcdef01234567");
    EXPECT_EQ(run->tags, (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(config_of(*run), (Json{{"lr", 0.1}, {"epochs", 3}, {"batch", 64}}));
    ASSERT_EQ(run->rows, 3);
    EXPECT_EQ(run->metrics.at("loss").values.summary().first.text(), "1");
    EXPECT_EQ(run->metrics.at("loss").values.summary().min.number(), 1.0 / 3);
    EXPECT_EQ(run->metrics.at("layer.norm").values.summary().max.text(), "2");
    EXPECT_EQ(run->metrics.at("损失").values.count(), 3);
    EXPECT_EQ(run->metrics.at("nan").values.summary().min.text(), "NaN");
    EXPECT_EQ(run->metrics.at("inf").values.summary().last.text(), "Infinity");
    EXPECT_EQ(run->metrics.size(), 6);
    const Json summary = summary_of(*run);
    EXPECT_EQ(summary["best"], 0.9);
    EXPECT_EQ(summary["acc"], (Json{{"max", 0.7}}));
    EXPECT_EQ(summary["nan"], "NaN");
    EXPECT_EQ(run->exit_code, 0);
    EXPECT_EQ(run->state, State::Finished);
    EXPECT_EQ(file.unreadable(), 0);
    EXPECT_EQ(file.log().damaged(), 0);
    EXPECT_TRUE(file.log().is_at_end());
}

TEST_P(RealFile, SaysWhatStandsBeforeATornEnd) {
    std::int64_t rows = 0;
    for (std::size_t size = 0; size <= bytes.size(); size += 13) {
        Runs some;
        RunFile file(some, "pedigree");
        file.feed(bytes.substr(0, size));
        const wandb::Run* run = file.finish();
        EXPECT_EQ(file.log().damaged(), 0) << size;
        const std::int64_t now = run == nullptr ? 0 : run->rows;
        EXPECT_GE(now, rows) << size;
        rows = now;
    }
    EXPECT_EQ(rows, 3);
}

TEST_P(RealFile, AddsOnlyWhatTheStreamHasNot) {
    RunFile file(runs, "pedigree");
    file.feed(bytes);
    const wandb::Run* run = file.finish();
    RunFile again(runs, "pedigree");
    again.feed(bytes);
    EXPECT_EQ(again.finish(), run);
    EXPECT_EQ(run->rows, 3);
    EXPECT_EQ(run->rows_from_file, 3);
    EXPECT_EQ(run->metrics.at("loss").values.count(), 3);
    EXPECT_EQ(run->metrics.at("loss").repeated, 0);
}

INSTANTIATE_TEST_SUITE_P(Versions, RealFile, testing::Values("0.15.12", "0.31.0"),
                         [](const auto& one) {
                             std::string name = one.param;
                             std::replace(name.begin(), name.end(), '.', '_');
                             return name;
                         });

// protobuf's wire format, as far as a test needs it.
std::string field(int number, const std::string& bytes) {
    std::string out(1, static_cast<char>((number << 3 | 2) & 0x7f));
    if (number > 15) {
        out[0] = static_cast<char>(out[0] | '\x80');
        out += static_cast<char>(number >> 4);
    }
    out += static_cast<char>(bytes.size()); // below 128
    return out + bytes;
}

std::string row_record(int step, double time, const std::string& key) {
    const auto item = [](const std::string& name, const std::string& value) {
        return field(1, field(1, name) + field(16, value));
    };
    return field(2, item(key, std::to_string(step)) + item("_step", std::to_string(step)) +
                        item("_timestamp", std::to_string(time)));
}

TEST(RunFile, GivesTheRowsThatAKillTookFromTheStream) {
    Endpoint endpoint(Settings{});
    const wandb::Run& run = start_run(endpoint);
    push(endpoint, rows_push(0, 0, 3, 1000));
    std::string bytes = log_header();
    bytes += logged(field(17, field(1, "r") + field(3, "p")), bytes.size());
    for (int step = 0; step < 5; ++step) {
        bytes += logged(row_record(step, 1000 + step, "loss"), bytes.size());
    }
    RunFile file(endpoint.runs(), "pedigree");
    file.feed(bytes);
    EXPECT_EQ(file.finish(), &run);
    EXPECT_EQ(run.rows, 5);
    EXPECT_EQ(run.rows_from_file, 2);
    EXPECT_EQ(run.metrics.at("loss").values.count(), 5);
    EXPECT_EQ(run.last_step, 4);
    EXPECT_EQ(run.state, State::Running); // it was killed: neither source says an end
}

TEST(RunFile, TakesAnyBytes) {
    const std::string records[] = {"",
                                   "\xff\xff\xff",
                                   field(17, "\xff"),
                                   field(17, field(1, "../x")),
                                   field(17, field(1, "r")),
                                   field(2, "\x0a\xff"),
                                   field(3, field(1, "\x00")),
                                   field(18, "\x08\x03"),
                                   field(8, field(5, "a") + field(12, field(4, "x")))};
    Runs runs;
    RunFile file(runs, "pedigree");
    std::string bytes = log_header();
    for (const std::string& record : records) {
        bytes += logged(record, bytes.size());
    }
    file.feed(bytes);
    const wandb::Run* run = file.finish();
    ASSERT_NE(run, nullptr);
    EXPECT_EQ(run->id, "r");
    EXPECT_EQ(run->exit_code, 3);
    EXPECT_GT(file.unreadable(), 0);
}

} // namespace
} // namespace pedigree::trackers::wandb
