#include "k8s/reflector.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/unit/k8s/scripted_api.h"

namespace pedigree::k8s {
namespace {

using std::chrono::milliseconds;

class ReflectorTest : public testing::Test {
  protected:
    ReflectorTest() { options_.backoff = {milliseconds(1), milliseconds(2), 2.0, 0.0}; }
    // Runs until the watch script is used up.
    void run() {
        Reflector reflector(api_, config_maps, store_, options_, [this](const Change& change) {
            const char* signs[] = {"+", "~", "-"};
            told_ += signs[static_cast<int>(change.type)] + key_of(*change.object).name + " ";
        });
        reflector.run(api_.end.get_token());
        fallbacks_ = reflector.counters().watch_list_fallbacks;
        errors_ = reflector.counters().errors;
        skipped_ = reflector.counters().skipped;
    }
    void script(std::string lines, Status outcome = {}) {
        api_.watches.push_back(
            [lines, outcome](const WatchOptions&, const ByteSink& sink) -> Status {
                TRY(sink(lines));
                return outcome;
            });
    }
    static ObjectList list_of(std::vector<Json> objects, std::string version) {
        ObjectList list{{}, std::move(version)};
        for (auto& object : objects) {
            list.items.push_back(std::make_shared<const Json>(std::move(object)));
        }
        return list;
    }
    static std::string initial() {
        return event_line("ADDED", object_at("a", "u1", "11")) +
               event_line("ADDED", object_at("b", "u2", "12")) +
               event_line("BOOKMARK", bookmark("20", true));
    }

    ScriptedApi api_;
    Store store_;
    ReflectorOptions options_;
    std::string told_;
    std::uint64_t fallbacks_ = 0;
    std::uint64_t errors_ = 0;
    std::uint64_t skipped_ = 0;
};

TEST_F(ReflectorTest, StreamsThenFollowsFromTheBookmark) {
    script(initial());
    script(event_line("MODIFIED", object_at("a", "u1", "21")) +
           event_line("DELETED", object_at("b", "u2", "22")) +
           event_line("BOOKMARK", bookmark("30")));
    run();
    EXPECT_EQ(told_, "+a +b ~a -b ");
    ASSERT_EQ(api_.watched.size(), 3u);
    EXPECT_TRUE(api_.watched[0].send_initial_events);
    EXPECT_EQ(api_.watched[0].resource_version, "");
    EXPECT_FALSE(api_.watched[1].send_initial_events);
    EXPECT_EQ(api_.watched[1].resource_version, "20");
    EXPECT_EQ(api_.watched[2].resource_version, "30"); // a clean end resumes, no new list
    EXPECT_TRUE(api_.listed.empty());
    EXPECT_EQ(errors_, 0u);
}

TEST_F(ReflectorTest, ShowsNothingOfAnUnfinishedList) {
    script(event_line("ADDED", object_at("a", "u1", "11")),
           failure(ErrorCode::Unavailable, "reset"));
    script(event_line("ADDED", object_at("b", "u2", "12")) +
           event_line("BOOKMARK", bookmark("20", true)));
    run();
    EXPECT_EQ(told_, "+b ");
    EXPECT_EQ(fallbacks_, 0u);
}

TEST_F(ReflectorTest, FallsBackForGoodWhenRefusedOrSilent) {
    for (const auto code : {ErrorCode::InvalidInput, ErrorCode::Timeout}) {
        api_ = {};
        told_.clear();
        script("", failure(code, "no"));
        api_.list_answers = {list_of({object_at("a", "u1", "11")}, "15")};
        script("", failure(ErrorCode::Gone, "expired"));
        api_.list_answers.push_back(list_of({object_at("c", "u3", "30")}, "31"));
        run();
        EXPECT_EQ(fallbacks_, 1u);
        ASSERT_EQ(api_.listed.size(), 2u);
        EXPECT_EQ(api_.listed[0].resource_version, "0");
        EXPECT_EQ(api_.listed[1].resource_version, ""); // after an expired version: the newest
        for (std::size_t i = 1; i < api_.watched.size(); ++i) {
            EXPECT_FALSE(api_.watched[i].send_initial_events);
        }
        store_.replace_all({}, "99");
    }
}

TEST_F(ReflectorTest, FallsBackWhenTheStreamEndsTwiceBeforeItsList) {
    script(event_line("ADDED", object_at("a", "u1", "11")));
    script(event_line("ADDED", object_at("a", "u1", "11")));
    api_.list_answers = {list_of({object_at("a", "u1", "11")}, "15")};
    run();
    EXPECT_EQ(fallbacks_, 1u);
    EXPECT_EQ(told_, "+a ");
}

TEST_F(ReflectorTest, AnUnreachableServerIsNoReasonToFallBack) {
    for (int i = 0; i < 4; ++i) {
        script("", failure(ErrorCode::Unavailable, "connection refused"));
    }
    script(initial());
    run();
    EXPECT_EQ(fallbacks_, 0u);
    EXPECT_EQ(errors_, 4u);
    EXPECT_EQ(told_, "+a +b ");
}

TEST_F(ReflectorTest, ListsAgainOnceWhenTheVersionHasExpired) {
    const Json expired{{"kind", "Status"}, {"code", 410}, {"reason", "Expired"}};
    script(initial());
    script(event_line("ERROR", expired));
    script(event_line("ADDED", object_at("a", "u9", "40")) +
           event_line("BOOKMARK", bookmark("50", true)));
    run();
    EXPECT_EQ(told_, "+a +b -a +a -b ");
    EXPECT_EQ(api_.watched.back().resource_version, "50");
}

TEST_F(ReflectorTest, ABrokenStreamResumesWithoutAList) {
    script(initial());
    script(event_line("ADDED", object_at("c", "u3", "25")) + "{broken\n");
    script(event_line("ADDED", object_at("d", "u4", "26")),
           failure(ErrorCode::Timeout, "no byte for 90000 ms"));
    run();
    EXPECT_EQ(told_, "+a +b +c +d ");
    EXPECT_EQ(api_.watched[2].resource_version, "25");
    EXPECT_EQ(api_.watched[3].resource_version, "26");
    EXPECT_TRUE(api_.listed.empty());
    EXPECT_EQ(errors_, 2u);
}

TEST_F(ReflectorTest, TrimsWhatItStores) {
    options_.trim = [](Json& object) { object.erase("kind"); };
    script(initial());
    run();
    EXPECT_FALSE(store_.get({"vision", "a"})->contains("kind"));
}

TEST_F(ReflectorTest, WhatIsTooLargeDoesNotStopTheOthers) {
    Json bloated = object_at("a", "u1", "13");
    bloated["spec"] = std::string(event_bytes_max, 'x');
    script(event_line("ADDED", bloated) + initial());
    bloated["metadata"]["resourceVersion"] = "21";
    script(event_line("MODIFIED", bloated) + event_line("MODIFIED", object_at("b", "u2", "22")));
    run();
    EXPECT_EQ(told_, "+a +b ~b ");
    EXPECT_EQ(errors_, 0u);
    EXPECT_EQ(skipped_, 2u);
    EXPECT_EQ(resource_version_of(*store_.get({"vision", "a"})),
              "11"); // the last that was small enough
}

TEST_F(ReflectorTest, KeepsOfAnObjectOnlyWhatItMay) {
    options_.object_bytes_max = 2000;
    Json annotated = object_at("a", "u1", "11");
    annotated["metadata"]["annotations"] = {{"hostile", std::string(100'000, 'x')},
                                            {"ours", "kept"}};
    Json large = object_at("b", "u2", "12");
    large["spec"] = std::string(3000, 'x');
    script(event_line("ADDED", annotated) + event_line("ADDED", large) +
           event_line("BOOKMARK", bookmark("20", true)));
    run();
    EXPECT_EQ(told_, "+a ");
    EXPECT_EQ(skipped_, 1u);
    EXPECT_EQ(annotation_of(*store_.get({"vision", "a"}), "ours"), "kept");
    EXPECT_LT(bytes_held_by(*store_.get({"vision", "a"})), 2000u);
}

TEST_F(ReflectorTest, AListThatIsTooLargeIsAskedForInPages) {
    script("", failure(ErrorCode::InvalidInput, "no streaming lists here"));
    api_.list_answers.push_back(failure(ErrorCode::TooLarge, "256 MiB"));
    api_.list_answers.push_back(list_of({object_at("a", "u1", "11")}, "20"));
    script("");
    run();
    EXPECT_EQ(told_, "+a ");
    ASSERT_EQ(api_.listed.size(), 2u);
    EXPECT_EQ(api_.listed.at(1).resource_version, ""); // which the client asks for page by page
}

} // namespace
} // namespace pedigree::k8s
