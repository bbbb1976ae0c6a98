#include "recorder/notebook.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/digest.h"
#include "recorder/conclude.h"
#include "tests/fakes/scratch.h"

namespace pedigree::recorder {
namespace {

Json values(const std::string& run, double loss) {
    const MetricValue value(loss);
    return {{"note", "values"},
            {"run", run},
            {"objective", {{0, value.text()}}},
            {"parameters", {{"lr", "0.1"}}},
            {"metrics", {{"loss", metric_json({1, value, value, value, 7})}}}};
}

void fill(Notebook& notebook) {
    notebook.note({{"note", "begin"}, {"time", "2026-01-01T00:00:00.000000Z"}});
    notebook.note(input_note({"mnist", "sha256:11", 5, 1}));
    SeenRun run;
    run.run.run_id = "r";
    run.run.name = "first";
    run.artifact_root = "1/r/artifacts";
    notebook.note(run_note(run));
    for (int i = 0; i < 100; ++i) {
        notebook.note(values("r", 1.0 / (i + 1)));
    }
    notebook.note(model_note("m-1", {"model", "r", "1/models/m-1/artifacts"}));
    notebook.note(upload_note("1/r/artifacts/x", {sha256("x").text(), 9}));
    notebook.note(gap_note("NotSeenByRecorder", "a sentence"));
    notebook.note(segment_note(1, 100, 0));
    notebook.note(segment_note(2, 0, 50));
    notebook.count("forwarded", 3);
}

TEST(Notebook, a_restart_forgets_nothing) {
    const Scratch scratch;
    std::vector<Json> before;
    {
        Notebook notebook;
        ASSERT_TRUE(notebook.open(scratch.path() / "journal/notes"));
        fill(notebook);
        before = notebook.seen().as_notes();
    }
    Notebook again;
    ASSERT_TRUE(again.open(scratch.path() / "journal/notes"));
    EXPECT_EQ(again.seen().as_notes(), before);
    EXPECT_EQ(again.seen().runs.at("r").run.metrics.at("loss").count, 100);
    EXPECT_EQ(again.seen().objective.points.size(), 100u);
    EXPECT_EQ(again.seen().log.segments, 1);
    EXPECT_EQ(again.seen().log.dropped_bytes, 50);
    EXPECT_EQ(again.seen().started_at, "2026-01-01T00:00:00.000000Z");
}

TEST(Observations, a_damaged_digest_becomes_a_gap_and_no_file) {
    Observations seen;
    seen.apply(upload_note("1/r/artifacts/x", {"sha256:22", 9}));
    EXPECT_TRUE(seen.uploads.empty());
    ASSERT_EQ(seen.gaps.size(), 1);
    EXPECT_EQ(seen.gaps[0].sentence, "the journal's line about 1/r/artifacts/x is damaged");
}

TEST(Notebook, a_torn_last_line_is_dropped) {
    const Scratch scratch;
    {
        Notebook notebook;
        ASSERT_TRUE(notebook.open(scratch.path() / "notes"));
        notebook.count("forwarded", 3);
    }
    std::ofstream(scratch.path() / "notes", std::ios::app) << R"({"note":"count","coun)";
    Notebook again;
    ASSERT_TRUE(again.open(scratch.path() / "notes"));
    EXPECT_EQ(again.seen().counters.at("forwarded"), 3);
    again.count("forwarded");
    Notebook third;
    ASSERT_TRUE(third.open(scratch.path() / "notes"));
    EXPECT_EQ(third.seen().counters.at("forwarded"), 4);
}

TEST(Notebook, a_grown_journal_is_replaced_by_what_it_says) {
    const Scratch scratch;
    Notebook notebook;
    ASSERT_TRUE(notebook.open(scratch.path() / "notes", 16 * 1024));
    fill(notebook);
    for (int i = 0; i < 5000; ++i) {
        notebook.note(values("r", i));
    }
    EXPECT_LT(std::filesystem::file_size(scratch.path() / "notes"), 17u * 1024);
    Notebook again;
    ASSERT_TRUE(again.open(scratch.path() / "notes"));
    EXPECT_EQ(again.seen().runs.at("r").run.metrics.at("loss").count, 5100);
    EXPECT_EQ(again.seen().runs.at("r").run.metrics.at("loss").max.text(), "4999");
    EXPECT_EQ(again.seen().objective.values_seen, 5100);
    EXPECT_EQ(again.seen().objective.points.back().value.text(), "4999");
}

TEST(Observations, a_segment_shipped_twice_counts_once) {
    Observations seen;
    seen.apply(segment_note(1, 10, 0));
    seen.apply(segment_note(1, 10, 0));
    EXPECT_EQ(seen.log.segments, 1);
    EXPECT_EQ(seen.log.bytes, 10);
}

} // namespace
} // namespace pedigree::recorder
