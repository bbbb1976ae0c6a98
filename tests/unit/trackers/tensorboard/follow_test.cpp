#include "trackers/tensorboard/follow.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/fakes/scratch.h"
#include "tests/unit/trackers/tensorboard/cases.h"
#include "trackers/find_files.h"
#include "trackers/tensorboard/event_run.h"
#include "trackers/tensorboard/record.h"
#include "trackers/tensorboard/session_end.h"

namespace pedigree::trackers::tensorboard {
namespace {

using namespace std::string_literals;
using records::pod::ObservedRun;

struct FollowBench {
    explicit FollowBench(const std::string& objective = "")
        : follower(follow({.objective_metric = objective})) {
        scratch.write("workspace/here", "");
        news.run = [&](ObservedRun run) { told[run.run_id] = std::move(run); };
        news.objective = [&](std::int64_t step, MetricValue value) {
            curve.emplace_back(step, value.text());
        };
    }
    void append(const std::string& path, const std::string& bytes) const {
        const auto all = scratch.path() / "workspace" / path;
        const auto before = std::filesystem::exists(all) ? *read_file(all) : "";
        scratch.write("workspace/" + path, before + bytes);
    }
    // As at the end: everything is looked at.
    bool look() {
        follower->finish();
        return follower->look(*UntrustedFolder::open(scratch.path() / "workspace"), news, {});
    }
    std::int64_t count(const std::string& run, const std::string& metric) {
        return told.contains(run) && told.at(run).metrics.contains(metric)
                   ? told.at(run).metrics.at(metric).count
                   : 0;
    }
    std::string gaps() const {
        std::string text;
        for (const auto& gap : follower->gaps()) {
            text += gap.sentence + "\n";
        }
        return text;
    }

    Scratch scratch;
    std::unique_ptr<Follower> follower;
    FollowNews news;
    std::map<std::string, ObservedRun> told;
    std::vector<std::pair<std::int64_t, std::string>> curve;
};

constexpr const char* file_name = "events.out.tfevents.1796031767.host.1.0.v2";

TEST(Follow, files_are_found_wherever_they_lie_and_a_folder_is_a_run) {
    FollowBench bench;
    bench.append("logs/hparam_tuning/"s + file_name, event_file("hparam_tuning"));
    bench.append("logs/hparam_tuning/run-0/"s + file_name, event_file("hparam_tuning_run-0"));
    bench.append(file_name, event_file("tf1"));
    bench.append("logs/other.txt", "tfevents");
    bench.look();
    std::vector<std::string> ids;
    for (const ObservedRun& run : bench.follower->runs()) {
        ids.push_back(run.run_id);
    }
    EXPECT_EQ(ids, (std::vector<std::string>{".", "logs/hparam_tuning/run-0"}));
    const auto files = bench.follower->files();
    ASSERT_EQ(files.size(), 4u);
    EXPECT_EQ(files[3].path, "logs/hparam_tuning/run-0/"s + session_end_name);
    EXPECT_FALSE(files[0].content || files[2].content); // as they are: they end no session
    EXPECT_EQ(files[0].path, file_name);
    EXPECT_EQ(files[0].run_id, ".");
    EXPECT_EQ(files[1].run_id, ""); // kept, too, though no run came of it
    EXPECT_EQ(files[1].folder, "logs/hparam_tuning");
    EXPECT_EQ(bench.gaps(), "");
}

TEST(Follow, a_file_that_grows_byte_by_byte_is_read_once) {
    FollowBench bench;
    const std::string whole = event_file("hparam_tuning_run-0");
    std::int64_t seen = 0;
    for (std::size_t at = 0; at < whole.size(); ++at) {
        bench.append("run/"s + file_name, whole.substr(at, 1));
        bench.look();
        const auto now = bench.count("run", "accuracy");
        EXPECT_GE(now, seen);
        seen = now;
    }
    EXPECT_EQ(seen, 3);
    EXPECT_EQ(bench.gaps(), "");
    EXPECT_TRUE(bench.told.at("run").metrics.at("accuracy").points.empty());
    EXPECT_EQ(bench.follower->runs().front().metrics.at("accuracy").points.size(), 3u);
}

TEST(Follow, a_file_that_ends_its_session_is_kept_without_that_end_unless_it_is_large) {
    FollowBench bench;
    bench.append("small/"s + file_name, event_file("keras"));
    bench.append("large/"s + file_name,
                 event_file("keras") +
                     std::string(static_cast<std::size_t>(ended_file_bytes_max), 'x'));
    bench.look();
    bench.follower->command_ended(1);
    const auto workspace = UntrustedFolder::open(bench.scratch.path() / "workspace");
    const auto files = bench.follower->files();
    ASSERT_EQ(files.size(), 4u);
    EXPECT_FALSE(files[0].content);
    EXPECT_EQ(*files[1].content(*workspace), without_session_end(event_file("keras")));
    EXPECT_EQ(files[2].path, "large/"s + session_end_name);
    EXPECT_NE(bench.gaps().find("1 event files are larger than 8388608 bytes and hold the end"),
              std::string::npos)
        << bench.gaps();
}

TEST(Follow, several_files_of_a_folder_are_one_run) {
    FollowBench bench;
    bench.append("run/a.tfevents", framed(scalar_event("loss", 0, half)));
    bench.append("run/b.tfevents", framed(scalar_event("loss", 1, half)));
    bench.look();
    bench.append("run/a.tfevents", framed(scalar_event("loss", 2, half)));
    bench.look();
    EXPECT_EQ(bench.count("run", "loss"), 3);
}

TEST(Follow, what_is_damaged_cut_or_lost_is_said_and_the_rest_is_read) {
    FollowBench bench;
    const std::string record = framed(scalar_event("loss", 0, half));
    std::string damaged = record;
    damaged.back() = static_cast<char>(~damaged.back());
    bench.append("damaged/x.tfevents", record + damaged + record);
    bench.append("cut/x.tfevents", record + record.substr(0, record.size() - 1));
    bench.append("lost/x.tfevents", record + "what is this? no record" + record);
    bench.append("hole/x.tfevents", std::string(100, '\0'));
    bench.look();
    EXPECT_EQ(bench.count("damaged", "loss"), 2);
    EXPECT_EQ(bench.count("cut", "loss"), 1);
    EXPECT_EQ(bench.count("lost", "loss"), 1);
    EXPECT_FALSE(bench.told.contains("hole"));
    const std::string said = bench.gaps();
    for (const char* words : {"damaged/x.tfevents: 1 of its records are damaged",
                              "cut/x.tfevents: its last record was not finished (",
                              "lost/x.tfevents: what begins at byte",
                              "hole/x.tfevents: what begins at byte 0 is no record"}) {
        EXPECT_NE(said.find(words), std::string::npos) << words << "\n" << said;
    }
}

TEST(Follow, a_file_that_became_shorter_is_left_alone_and_one_that_is_taken_away_keeps_its_run) {
    FollowBench bench;
    const std::string record = framed(scalar_event("loss", 0, half));
    bench.append("short/x.tfevents", record + record);
    bench.append("gone/x.tfevents", record);
    bench.look();
    bench.scratch.write("workspace/short/x.tfevents", record);
    std::filesystem::remove_all(bench.scratch.path() / "workspace/gone");
    bench.look();
    EXPECT_EQ(bench.count("short", "loss"), 2);
    EXPECT_NE(bench.gaps().find("became shorter"), std::string::npos);
    EXPECT_EQ(bench.follower->runs().size(), 2u);
}

TEST(Follow, a_record_beyond_the_bound_is_passed_over_though_it_is_not_there_yet) {
    FollowBench bench;
    const std::string large = framed(std::string(event_bytes_max + 1, 'x'));
    bench.append("run/x.tfevents", large.substr(0, 1000));
    bench.look();
    bench.append("run/x.tfevents", large.substr(1000) + framed(scalar_event("loss", 1, half)));
    bench.look();
    EXPECT_EQ(bench.count("run", "loss"), 1);
    EXPECT_NE(bench.gaps().find("were passed over"), std::string::npos);
}

TEST(Follow, links_pipes_and_folders_by_that_name_are_not_read) {
    FollowBench bench;
    bench.scratch.write("secret/x.tfevents", framed(scalar_event("loss", 0, half)));
    bench.append("logs/y.tfevents/z", "");
    std::filesystem::create_symlink(bench.scratch.path() / "secret",
                                    bench.scratch.path() / "workspace/logs/link");
    std::filesystem::create_symlink(bench.scratch.path() / "secret/x.tfevents",
                                    bench.scratch.path() / "workspace/logs/x.tfevents");
    ASSERT_EQ(::mkfifo((bench.scratch.path() / "workspace/logs/p.tfevents").c_str(), 0600), 0);
    bench.look();
    EXPECT_TRUE(bench.follower->files().empty());
    EXPECT_TRUE(bench.told.empty());
}

TEST(Follow, a_search_looks_as_deep_as_its_bound_and_says_so) {
    FollowBench bench;
    std::string deep;
    for (std::size_t i = 0; i <= searched_depth_max + 1; ++i) {
        deep += "d/";
    }
    bench.append(deep + "x.tfevents", framed(scalar_event("loss", 0, half)));
    bench.append("near/x.tfevents", framed(scalar_event("loss", 0, half)));
    bench.look();
    EXPECT_EQ(bench.told.size(), 1u);
    EXPECT_NE(bench.gaps().find("lies too deep"), std::string::npos);
}

TEST(Follow, the_objective_of_a_search_is_told_value_by_value) {
    FollowBench bench("accuracy");
    bench.append("run/"s + file_name, event_file("hparam_tuning_run-0"));
    bench.look();
    EXPECT_EQ(bench.curve, (std::vector<std::pair<std::int64_t, std::string>>{
                               {0, "0.5"}, {1, "0.25"}, {2, "0.75"}}));
}

TEST(Follow, when_points_are_too_many_every_series_keeps_fewer) {
    FollowBench bench;
    std::string file;
    constexpr std::size_t series = 1000, steps = 300; // 300,000 points
    for (std::size_t step = 0; step < steps; ++step) {
        std::string values;
        for (std::size_t i = 0; i < series; ++i) {
            file +=
                framed(scalar_event("m" + std::to_string(i), static_cast<int>(step % 100), half));
        }
    }
    bench.append("run/x.tfevents", file);
    while (bench.look()) {
    }
    std::size_t points = 0;
    const auto runs = bench.follower->runs();
    for (const auto& [key, metric] : runs.at(0).metrics) {
        EXPECT_EQ(metric.count, static_cast<std::int64_t>(steps));
        points += metric.points.size();
    }
    EXPECT_LE(points, points_in_all_max + 3 * series);
    EXPECT_GE(points, points_in_all_max / 4);
}

} // namespace
} // namespace pedigree::trackers::tensorboard
