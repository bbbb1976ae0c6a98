#include "recorder/conclude.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/log.h"
#include "recorder/launcher_word.h"
#include "records/pod/bundle_pages.h"
#include "records/pod/signature.h"
#include "tests/fakes/scratch.h"
#include "tests/unit/recorder/fakes.h"

namespace pedigree::recorder {
namespace {

Settings settings_below(const Scratch& scratch) {
    Settings settings;
    settings.pod_uid = "pod";
    settings.places = Places(scratch.path());
    settings.config.artifact_store.bucket = "b";
    settings.config.mlflow.emplace();
    settings.config.mlflow->parent_run_id = "parent";
    return settings;
}

TEST(Conclude, the_bundle_holds_what_was_seen_and_says_what_was_not) {
    const Scratch scratch;
    Conclusion end;
    Observations seen;
    for (const char* id : {"parent", "r"}) {
        SeenRun run;
        run.run.run_id = id;
        seen.apply(run_note(run));
    }
    seen.apply({{"note", "values"}, {"run", "r"}, {"objective", {{3, "0.5"}}}});
    seen.apply(count_note("unanswered", 2));
    end.appends_left = 3;
    end.report.dropped_bytes = 9;
    redact_in_logs(Secret("canary-in-stderr")); // a script could guess by what is missing
    end.report.stderr_tail = "oops canary-in-stderr";
    end.report = cleaned(end.report);
    const auto bundle = make_bundle(settings_below(scratch), seen, end, "t");
    EXPECT_FALSE(bundle.complete);
    ASSERT_EQ(bundle.runs.size(), 1u); // the parent is the Experiment's, not this attempt's
    ASSERT_EQ(bundle.objective.size(), 1u);
    EXPECT_EQ(bundle.objective[0].value.text(), "0.5");
    EXPECT_EQ(bundle.log.key, "attempts/pod/log/");
    EXPECT_EQ(bundle.launcher.stderr_tail, "oops canary-in-stderr");
    EXPECT_EQ(bundle.gaps.size(), 4u); // kept calls, unanswered ones, dropped bytes, no last report
}

TEST(Conclude, the_objective_is_summed_up_over_all_runs) {
    const Scratch scratch;
    Settings settings = settings_below(scratch);
    Observations seen;
    const auto log = [&](const char* id, const char* last, const char* min, const char* max) {
        SeenRun run;
        run.run.run_id = id;
        const auto value = [](const char* text) { return MetricValue::parse(text).value(); };
        seen.apply(run_note(run));
        seen.runs.at(id).run.metrics["loss"] = {3, value(last), value(min), value(max), 7};
    };
    log("a", "0.5", "0.25", "0.75");
    log("b", "NaN", "NaN", "2");
    EXPECT_FALSE(make_bundle(settings, seen, {}, "t").objective_summary); // no search
    settings.config.objective_metric = "loss";
    const auto summary = make_bundle(settings, seen, {}, "t").objective_summary;
    ASSERT_TRUE(summary);
    EXPECT_EQ(summary->count, 6);
    EXPECT_EQ(summary->min.text(), "0.25");
    EXPECT_EQ(summary->max.text(), "2");
}

TEST(Conclude, a_run_that_was_only_touched_is_not_this_attempts) {
    const Scratch scratch;
    Observations seen;
    for (const char* id : {"made", "touched"}) {
        SeenRun run;
        run.run.run_id = id;
        run.touched = std::string(id) == "touched";
        seen.apply(run_note(run));
    }
    Observations again; // as a restarted recorder reads it
    for (const Json& note : seen.as_notes()) {
        again.apply(note);
    }
    const auto bundle = make_bundle(settings_below(scratch), again, {}, "t");
    ASSERT_EQ(bundle.runs.size(), 1u);
    EXPECT_EQ(bundle.runs[0].run_id, "made");
    EXPECT_NE(bundle.gaps.front().sentence.find("touched"), std::string::npos);
}

TEST(Conclude, what_is_more_than_a_record_holds_is_counted_and_said) {
    const Scratch scratch;
    Observations seen;
    SeenRun run;
    run.run.run_id = "r";
    seen.apply(run_note(run));
    for (int i = 0; i < 3; ++i) {
        Json note = {{"note", "values"}, {"run", "r"}};
        note["parameters"]["p" + std::to_string(i)] =
            std::string(parameter_bytes_in_all_max / 2 - 10, 'x');
        seen.apply(note);
    }
    EXPECT_EQ(seen.runs.at("r").run.parameters.size(), 2u);
    for (int i = 0; i < 150; ++i) {
        seen.apply(gap_note("NotSeenByRecorder", "gap " + std::to_string(i)));
        seen.apply(gap_note("NotSeenByRecorder", "gap 0")); // the same is said once
    }
    EXPECT_EQ(seen.gaps.size(), gaps_max);
    const auto bundle = make_bundle(settings_below(scratch), seen, {}, "t");
    std::string told;
    for (const auto& gap : bundle.gaps) {
        told += gap.sentence + "\n";
    }
    EXPECT_NE(told.find("1 parameters are more"), std::string::npos);
    EXPECT_NE(told.find("50 gaps"), std::string::npos);
}

TEST(Conclude, an_upload_that_no_manifest_can_hold_is_a_gap) {
    const Scratch scratch;
    Conclusion end;
    Observations seen;
    SeenRun run;
    run.run.run_id = "r";
    run.artifact_root = "1/r/artifacts";
    seen.apply(run_note(run));
    for (const char* path : {"good/a", "good/b", "bad/a\\b", "bad/c"}) {
        seen.apply(upload_note(run.artifact_root + "/" + path, {sha256(path).text(), 1}));
    }
    const auto bundle = make_bundle(settings_below(scratch), seen, end, "t");
    ASSERT_EQ(bundle.artifacts.size(), 1u);
    EXPECT_EQ(bundle.artifacts.front().name, "good");
    EXPECT_NE(bundle.gaps.front().sentence.find("1/r/artifacts/bad"), std::string::npos);
    EXPECT_TRUE(records::pod::bundle_from(to_json(bundle)));
}

// The script may live on and end well: what its dead children were to do is missing all the same.
TEST(Conclude, what_the_kernel_killed_and_what_did_not_end_are_gaps) {
    const Scratch scratch;
    Conclusion end;
    end.report.exit_code = 0;
    end.report.oom_kills = 2;
    end.report.processes_left = true;
    const auto bundle = make_bundle(settings_below(scratch), {}, std::move(end), "t");
    std::string told;
    for (const auto& gap : bundle.gaps) {
        told += gap.sentence + "\n";
    }
    EXPECT_NE(told.find("the kernel killed 2 processes of the command for memory"),
              std::string::npos);
    EXPECT_NE(told.find("could not be ended"), std::string::npos);
    EXPECT_EQ(told.find("without its last report"), std::string::npos);
}

TEST(Conclude, the_termination_message_names_the_bundles_digest_or_the_problem) {
    const Scratch scratch;
    FakeHttp http(
        [](const FakeHttp::Asked&) -> Result<net::Response> { return net::Response{200, {}, ""}; });
    artifacts::S3Client store(
        http,
        {.endpoint = "http://s", .credentials = {"k", Secret("s"), {}}, .retry = {.tries_max = 1}});
    const auto settings = settings_below(scratch);
    const auto bundle = make_bundle(settings, {}, {}, "t");
    const auto good = put_bundle(store, settings, bundle, std::nullopt, {});
    EXPECT_EQ(good.bundle_digest, sha256(http.asked.at(0).body).text());
    EXPECT_EQ(http.asked.at(0).url, "http://s/b/attempts/pod/bundle.json");

    http.answer = [](const FakeHttp::Asked&) -> Result<net::Response> {
        return failure(ErrorCode::Unavailable, "no route" + std::string(9000, 'x'));
    };
    auto bad = put_bundle(store, settings, bundle, std::nullopt, {});
    EXPECT_EQ(bad.reason, "ArtifactStoreUnreachable");
    for (const char* letter : {"x", "\"", "\\", "\u6f22", "\x01"}) { // some take more as JSON
        bad.message.clear();
        while (bad.message.size() < 9000) {
            bad.message += letter;
        }
        bad.bundle_digest = sha256("bundle").text();
        scratch.write("dev/termination-log", "");
        write_termination(settings.places, bad);
        EXPECT_LE(scratch.read("dev/termination-log").size(), 4096u);
        const auto read = parse_json(scratch.read("dev/termination-log"));
        ASSERT_TRUE(read) << letter;
        const auto told = records::pod::termination_from(*read);
        EXPECT_EQ(told->failure_class, FailureClass::Infrastructure);
        EXPECT_EQ(told->bundle_digest, bad.bundle_digest);
    }
}

// Also where it is divided into pages: it names them by their digests.
TEST(Conclude, the_bundle_is_signed_as_it_is_put) {
    const Scratch scratch;
    FakeHttp http(
        [](const FakeHttp::Asked&) -> Result<net::Response> { return net::Response{200, {}, ""}; });
    artifacts::S3Client store(http,
                              {.endpoint = "http://s", .credentials = {"k", Secret("s"), {}}});
    const auto settings = settings_below(scratch);
    const Secret key(std::string(64, 'a'));
    auto bundle = make_bundle(settings, {}, {}, "t");
    for (int i = 0; i < 20'000; ++i) {
        bundle.artifacts.push_back(
            {.name = std::string(60, 'n') + std::to_string(i), .digest = sha256("").text()});
    }
    const auto put = put_bundle(store, settings, std::move(bundle), key, {});
    const std::string& bytes = http.asked.back().body;
    const auto document = parse_json(bytes);
    ASSERT_TRUE(document);
    EXPECT_FALSE(records::pod::bundle_from(*document)->pages.empty());
    EXPECT_TRUE(records::pod::is_signed_bundle(*document, key));
    EXPECT_EQ(put.bundle_digest, sha256(bytes).text());
}

TEST(Conclude, a_report_behind_a_link_is_not_read) {
    const Scratch scratch;
    scratch.write("elsewhere", R"({"exitCode":0})");
    std::filesystem::create_directories(scratch.path() / "opt/pedigree/exchange");
    std::filesystem::create_symlink(scratch.path() / "elsewhere",
                                    scratch.path() / "opt/pedigree/exchange/report.json");
    EXPECT_FALSE(read_report(Places(scratch.path())));
}

} // namespace
} // namespace pedigree::recorder
