// The events of a whole life: the graph that they make hangs together, repeats are recognised, and
// no string that a user wrote stands in a body.

#include "experiment/events/event_of.h"

#include <algorithm>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "experiment/activity.h"
#include "records/run_key.h"
#include "tests/fakes/sample.h"
#include "tests/unit/experiment/life.h"

namespace pedigree::experiment {
namespace {

using testing::HasSubstr;
using testing::Not;

std::vector<records::Event> events_of_life(std::int64_t exit_code, Life life = Life()) {
    life.run();
    life.start_pod();
    life.run();
    life.end_pod(exit_code, exit_code == 0 ? "Completed" : "Error");
    life.run();
    std::vector<records::Event> events;
    History history;
    const EventContext context{.now = life.observation.now, .build = "test"};
    for (const Change& change : life.changes) {
        History after = applied(history, change, context.now);
        after.activities = life.observation.history.activities; // their outcomes
        auto made = events_of(change, after, context);
        EXPECT_TRUE(made) << made.error().message;
        for (records::Event& event : *made) {
            events.push_back(std::move(event));
        }
        history = std::move(after);
    }
    return events;
}

// Of the act of building, all that is ever said of it.
Json build_attributes(const std::vector<records::Event>& events) {
    Json attributes;
    for (const records::Event& event : events) {
        const Json body = *parse_json(event.body());
        for (const Json& node : body["nodes"]) {
            if (node["kind"] == "ImageBuild" && node.contains("attributes")) {
                attributes.update(node["attributes"]);
            }
        }
    }
    return attributes;
}

// Whether the attempt's node tells how its command was stopped.
bool tells_of_a_stop(bool started, const std::string& said) {
    Life life;
    life.observed = [&](records::pod::Bundle& bundle) {
        bundle.launcher.started = started;
        bundle.launcher.error = said;
    };
    bool told = false;
    for (const records::Event& event : events_of_life(0, std::move(life))) {
        const Json body = *parse_json(event.body());
        for (const Json& node : body["nodes"]) {
            told = told || (node["kind"] == "Attempt" && node.contains("attributes") &&
                            node["attributes"].contains("stopped"));
        }
    }
    return told;
}

TEST(Events, TellByWhichStepACommandWasStopped) {
    EXPECT_TRUE(tells_of_a_stop(true, "stopped by SIGINT: SIGINT at 0.0 s, ended at 1.2 s"));
    EXPECT_FALSE(tells_of_a_stop(true, ""));
    EXPECT_FALSE(tells_of_a_stop(false, "cannot execute \"train\""));
}

TEST(Events, TellWhetherTheImportsWereChecked) {
    EXPECT_EQ(build_attributes(events_of_life(0))["imports"], "checked");
    Life life;
    Json spec = sample::experiment()["spec"];
    spec["image"]["gate"] = "None";
    life.use(spec);
    EXPECT_EQ(build_attributes(events_of_life(0, std::move(life)))["imports"],
              "not checked, as the spec wants it");
}

TEST(Events, ABuildNamesTheDocumentsBesideItsImage) {
    const Json attributes = build_attributes(events_of_life(0));
    EXPECT_EQ(attributes["sbom"], sample::digest_of("sbom"));
    EXPECT_EQ(attributes["provenance"], sample::digest_of("provenance"));
}

TEST(Events, ABuildSaysWhatItWarnedOf) {
    const auto events = events_of_life(0);
    EXPECT_TRUE(build_attributes(events)["warnings"].contains("text"));
    std::vector<std::string> texts;
    for (const records::Event& event : events) {
        for (const auto& each : event.texts()) {
            texts.push_back(each.text);
        }
    }
    EXPECT_THAT(texts, testing::Contains("CANARY-warning; CANARY-other"));
}

TEST(Events, MakeAGraphThatHangsTogether) {
    std::set<std::string> nodes;
    std::multimap<std::string, std::string> causes;
    for (const records::Event& event : events_of_life(0)) {
        const Json body = *parse_json(event.body());
        for (const Json& node : body["nodes"]) {
            nodes.insert(node["kind"].get<std::string>() + ":" + node["key"].get<std::string>());
        }
        for (const Json& edge : body["edges"]) {
            causes.emplace(edge["from"], edge["to"]);
            EXPECT_TRUE(nodes.contains(edge["from"])) << edge.dump();
            EXPECT_TRUE(nodes.contains(edge["to"])) << edge.dump();
        }
    }
    // From the model to everything that it came from.
    std::set<std::string> reached;
    std::vector<std::string> open{"Model:" + sample::digest_of("model")};
    while (!open.empty()) {
        const std::string node = open.back();
        open.pop_back();
        if (!reached.insert(node).second) {
            continue;
        }
        for (auto [from, end] = causes.equal_range(node); from != end; ++from) {
            open.push_back(from->second);
        }
    }
    for (const std::string& cause :
         {"GitCommit:sha1:" + sample::commit, "RepoTree:sha1:" + sample::tree,
          "Image:" + sample::digest_of("image"), "BaseImage:" + sample::built().base_digest,
          "Lockfile:" + sample::digest_of("lock"), "Wheel:" + sample::digest_of("wheel"),
          "Dataset:" + sample::digest_of("dataset"), "ExperimentSpec:" + sample::experiment_uid}) {
        EXPECT_TRUE(reached.contains(cause)) << cause;
    }
}

// A large account's lists are not in the graph; that they are somewhere is.
TEST(Events, NameThePagesOfALargeAccount) {
    Life life;
    const std::string page = sample::digest_of("page");
    life.observed = [&](records::pod::Bundle& bundle) {
        bundle.pages = {{page, 1000}};
        bundle.run_count = static_cast<std::int64_t>(bundle.runs.size()) + 3;
        bundle.artifact_count = static_cast<std::int64_t>(bundle.artifacts.size());
        bundle.runs.front().metric_count = 5000;
        bundle.runs.front().metrics.clear();
    };
    bool named = false;
    std::vector<std::string> gaps;
    for (const records::Event& event : events_of_life(0, std::move(life))) {
        const Json body = *parse_json(event.body());
        for (const Json& edge : body["edges"]) {
            named = named || (edge["from"] == "Artifact:" + page &&
                              std::string(edge["to"]).starts_with("Attempt:"));
        }
        for (const auto& each : event.texts()) {
            gaps.push_back(each.text);
        }
    }
    EXPECT_TRUE(named);
    EXPECT_THAT(gaps, testing::Contains(testing::AllOf(
                          HasSubstr("3 runs"), HasSubstr("5000 metrics"), HasSubstr("1 pages"))));
}

TEST(Events, ARunHasTheExtremesOfItsMetrics) {
    Life life;
    life.observed = [](records::pod::Bundle& bundle) {
        bundle.runs.front().metrics = {{"loss",
                                        {.count = 3,
                                         .last = MetricValue(0.5),
                                         .min = MetricValue(0.25),
                                         .max = MetricValue(2)}},
                                       {"once", {.count = 1, .last = MetricValue(1)}},
                                       {"never", {.count = 2, .last = MetricValue()}}};
    };
    std::vector<std::string> texts;
    for (const records::Event& event : events_of_life(0, std::move(life))) {
        for (const auto& each : event.texts()) {
            texts.push_back(each.text);
        }
    }
    EXPECT_THAT(texts, testing::Contains(R"({"loss":{"max":"2","min":"0.25"}})"));
}

TEST(Events, ARunIsNamedByItsServerToo) {
    std::set<std::string> keys;
    for (const records::Event& event : events_of_life(0)) {
        const Json body = *parse_json(event.body());
        for (const Json& node : body["nodes"]) {
            if (string_or(node, "kind") == "Run") {
                keys.insert(string_or(node, "key"));
            }
        }
    }
    ASSERT_EQ(keys.size(), 1U); // the recorder's and the tracker's word is of one node
    EXPECT_EQ(*keys.begin(),
              records::run_key("https://mlflow.example.com", records::run_id_of(*keys.begin())));
}

// A script names its folders as it likes: like a run of a server, for instance.
TEST(Events, RunsInFilesAreThePodsOwnWhateverTheirFoldersAreCalled) {
    Life life;
    std::string pod;
    life.observed = [&](records::pod::Bundle& bundle) {
        pod = bundle.pod_uid;
        for (const std::string& folder : {"run-" + bundle.pod_uid, std::string("CANARY/logs")}) {
            records::pod::ObservedRun run;
            run.tracker = "TensorBoard";
            run.run_id = run.name = folder;
            run.in_files = true;
            run.logged = {{"CANARY-images", 3}};
            bundle.runs.push_back(run);
        }
        records::pod::ObservedArtifact files = bundle.artifacts.front();
        files.name = files.run_id = "CANARY/logs";
        files.kind = "Artifact";
        files.source = "TensorBoard";
        files.digest = sample::digest_of("event files");
        bundle.artifacts.push_back(files);
    };
    std::set<std::string> runs, artifact_of;
    for (const records::Event& event : events_of_life(0, std::move(life))) {
        const Json body = *parse_json(event.body());
        EXPECT_THAT(event.body(), Not(HasSubstr("CANARY")));
        for (const Json& node : body["nodes"]) {
            if (string_or(node, "kind") == "Run") {
                runs.insert(string_or(node, "key"));
            }
        }
        for (const Json& edge : body["edges"]) {
            if (edge["from"] == "Artifact:" + sample::digest_of("event files") &&
                edge["relation"] == "PartOf") {
                artifact_of.insert(edge["to"]);
            }
        }
    }
    const std::string of_server = records::run_key("https://mlflow.example.com", "run-" + pod);
    EXPECT_EQ(runs, (std::set<std::string>{of_server, "files-1-" + pod, "files-2-" + pod}));
    EXPECT_EQ(artifact_of, std::set<std::string>{"Run:files-2-" + pod});
}

// W&B's SDK says nothing of a script that is killed, HParams' Keras callback of one that raises.
TEST(Events, ARunThatItsScriptLeftOpenEndsAsItsAttemptDid) {
    for (const auto& [exit_code, end] :
         {std::pair{0, "FINISHED"}, {3, "FAILED"}, {130, "KILLED"}, {137, "KILLED"}}) {
        Life life;
        life.observed = [&](records::pod::Bundle& bundle) {
            for (const char* status : {"", "RUNNING", "finished"}) {
                records::pod::ObservedRun run;
                run.tracker = "W&B";
                run.run_id = run.name = std::string("p/") + status;
                run.status = status;
                run.in_files = true;
                bundle.runs.push_back(run);
            }
        };
        std::vector<std::string> ends;
        for (const records::Event& event : events_of_life(exit_code, std::move(life))) {
            const Json body = *parse_json(event.body());
            for (const Json& node : body["nodes"]) {
                if (string_or(node, "key").starts_with("files-")) {
                    ends.push_back(string_or(at_path(node, {"attributes"}), "status"));
                }
            }
        }
        EXPECT_EQ(ends, (std::vector<std::string>{end, end, ""})) << exit_code;
    }
}

TEST(Events, HoldNoStringOfAUserInTheirBodies) {
    for (const std::int64_t exit_code : {0, 3}) {
        for (const records::Event& event : events_of_life(exit_code)) {
            EXPECT_THAT(event.body(), Not(HasSubstr("CANARY"))) << event.header().type;
            EXPECT_THAT(event.body(), Not(HasSubstr("ada@"))) << event.header().type;
            EXPECT_THAT(event.body(), Not(HasSubstr("example.com"))) << event.header().type;
            EXPECT_THAT(event.body(), Not(HasSubstr("train.py"))) << event.header().type;
        }
    }
}

TEST(Events, SayWithWhatTheCommitIsSignedAndWhatTheTreeLacks) {
    const auto events = events_of_life(0);
    const auto resolved = std::find_if(events.begin(), events.end(), [](const auto& event) {
        return event.header().type == "SourceResolved";
    });
    ASSERT_NE(resolved, events.end());
    const Json body = *parse_json(resolved->body());
    EXPECT_THAT(body["nodes"].dump(), HasSubstr("\"signature\":\"ssh\""));
    ASSERT_EQ(body["gaps"].size(), 1u);
    EXPECT_EQ(body["gaps"][0]["kind"], "BytesNotFetched");
    EXPECT_EQ(body["gaps"][0]["subject"], "RepoTree:sha1:" + sample::tree);
}

// What an auxiliary pod came to is recorded where nobody can say which image it ran, with a gap.
TEST(Events, SayOfWhichAuxiliaryPodTheImageIsNotKnown) {
    for (const bool unread : {false, true}) {
        Life life;
        life.answer = [&](ActivityRow& row) {
            row.state = ActivityState::Succeeded;
            auto built = sample::built();
            built.wheels.front().built_from = sample::digest_of("source");
            built.derived_wheels[sample::digest_of("source")].image_unread = unread;
            const std::map<ActivityKey, Json> outcomes{
                {resolve_activity, to_json(sample::resolved())},
                {build_activity, to_json(built)},
                {imports_activity, {{"key", "sha256:x"}, {"imageUnread", unread}}}};
            const auto outcome = outcomes.find(row.key);
            row.outcome_json = canonical_json(outcome == outcomes.end() ? to_json(sample::opened())
                                                                        : outcome->second);
        };
        life.run();
        std::set<std::string> subjects;
        History history;
        for (const Change& change : life.changes) {
            History after = applied(history, change, life.observation.now);
            after.activities = life.observation.history.activities;
            const auto made =
                events_of(change, after, {.now = life.observation.now, .build = "test"});
            ASSERT_TRUE(made) << made.error().message;
            for (const records::Event& event : *made) {
                const Json body = *parse_json(event.body());
                for (const Json& gap : at_path(body, {"gaps"})) {
                    if (string_or(gap, "kind") == "ImageNotRead") {
                        const std::string subject = string_or(gap, "subject");
                        subjects.insert(subject.substr(0, subject.find(':')));
                    }
                }
            }
            history = std::move(after);
        }
        EXPECT_EQ(subjects, unread ? (std::set<std::string>{"ImageBuild", "Wheel"})
                                   : std::set<std::string>());
    }
}

TEST(Events, HaveIdsThatARepeatFindsAgain) {
    std::vector<std::string> first, second;
    std::set<std::string> unique;
    for (const records::Event& event : events_of_life(0)) {
        first.push_back(event.header().id);
        unique.insert(event.header().id);
    }
    for (const records::Event& event : events_of_life(0)) {
        second.push_back(event.header().id);
    }
    EXPECT_EQ(first, second);
    EXPECT_EQ(unique.size(), first.size());
}

} // namespace
} // namespace pedigree::experiment
