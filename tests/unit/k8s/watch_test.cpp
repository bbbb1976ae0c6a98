#include "k8s/watch.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/unit/k8s/scripted_api.h"

namespace pedigree::k8s {
namespace {

struct Collector {
    std::vector<std::string> names;
    std::vector<std::string> skipped;
    WatchDecoder decoder{[this](WatchEvent event) -> Status {
                             names.push_back(std::to_string(static_cast<int>(event.type)) +
                                             key_of(*event.object).name);
                             return {};
                         },
                         [this](const SkippedEvent& event) { skipped.push_back(event.object); }};
};

TEST(WatchDecoder, ReadsAStreamCutAtEveryByte) {
    const std::string stream = event_line("ADDED", object_at("ünïcode-模型", "1", "1")) +
                               event_line("MODIFIED", object_at("b", "2", "2")) +
                               event_line("DELETED", object_at("c", "3", "3"));
    for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
        Collector collector;
        ASSERT_TRUE(collector.decoder.feed(std::string_view(stream).substr(0, cut)));
        ASSERT_TRUE(collector.decoder.feed(std::string_view(stream).substr(cut)));
        ASSERT_EQ(collector.names, (std::vector<std::string>{"0ünïcode-模型", "1b", "2c"})) << cut;
    }
    Collector bytewise;
    for (const char& c : stream) {
        ASSERT_TRUE(bytewise.decoder.feed({&c, 1}));
    }
    EXPECT_EQ(bytewise.names.size(), 3u);
}

Json large_object() {
    Json large = object_at("large", "1", "1");
    large["metadata"]["namespace"] = "vision";
    large["metadata"]["annotations"] = {
        {"a", std::string(event_bytes_max, '<')},
        {"name", R"(","name":"another","metadata":{"name":"another"})"}};
    large["spec"] = {{"name", "another"}, {"list", {{{"name", "another"}}}}};
    return large;
}

TEST(WatchDecoder, PassesOverALineThatIsTooLargeAndNamesIt) {
    const std::string stream = event_line("ADDED", object_at("a", "1", "1")) +
                               event_line("MODIFIED", large_object()) +
                               event_line("ADDED", object_at("b", "2", "2"));
    Collector whole;
    ASSERT_TRUE(whole.decoder.feed(stream));
    Collector pieces;
    for (std::size_t at = 0; at < stream.size(); at += 16'000) {
        ASSERT_TRUE(pieces.decoder.feed(std::string_view(stream).substr(at, 16'000)));
    }
    for (const Collector* collector : {&whole, &pieces}) {
        EXPECT_EQ(collector->names, (std::vector<std::string>{"0a", "0b"}));
        EXPECT_EQ(collector->skipped, std::vector<std::string>{"vision/large"});
    }
}

TEST(WatchDecoder, ReadsALineOfTheLargestSize) {
    Json object = object_at("a", "1", "1");
    object["data"] = "";
    const std::size_t rest = event_line("ADDED", object).size() - 1; // the line feed does not count
    object["data"] = std::string(event_bytes_max - rest, 'x');
    Collector fits;
    ASSERT_TRUE(fits.decoder.feed(event_line("ADDED", object)));
    EXPECT_EQ(fits.names.size(), 1u);
    object["data"] = std::string(event_bytes_max - rest + 1, 'x');
    Collector larger;
    ASSERT_TRUE(larger.decoder.feed(event_line("ADDED", object)));
    EXPECT_EQ(larger.names.size(), 0u);
    EXPECT_EQ(larger.skipped, std::vector<std::string>{"vision/a"});
}

TEST(WatchDecoder, PassesOverALineThatIsTooDeep) {
    Json deep = 1;
    for (std::size_t i = 0; i < event_depth_max; ++i) {
        deep = Json::array({std::move(deep)});
    }
    Json object = object_at("deep", "1", "1");
    object["spec"] = std::move(deep);
    Collector collector;
    ASSERT_TRUE(collector.decoder.feed(event_line("ADDED", object) +
                                       event_line("ADDED", object_at("b", "2", "2"))));
    EXPECT_EQ(collector.names, std::vector<std::string>{"0b"});
    EXPECT_EQ(collector.skipped, std::vector<std::string>{"vision/deep"});
}

TEST(WatchDecoder, EndsAtABadLineOrTheHandlersWord) {
    for (const char* line :
         {"{\n", "[]\n", "{\"type\":\"ADDED\"}\n", "{\"object\":3}\n", "\xff\n"}) {
        Collector collector;
        const Status outcome = collector.decoder.feed(line);
        ASSERT_FALSE(outcome) << line;
        EXPECT_EQ(outcome.error().code, ErrorCode::Corrupt);
    }
    WatchDecoder refusing([](WatchEvent) -> Status { return failure(ErrorCode::Gone, "no"); },
                          [](const SkippedEvent&) {});
    EXPECT_EQ(refusing.feed(event_line("ADDED", object_at("a", "1", "1"))).error().code,
              ErrorCode::Gone);
    Collector collector;
    EXPECT_TRUE(collector.decoder.feed("\n \r\n" + event_line("NEW", object_at("a", "1", "1"))));
    EXPECT_EQ(collector.names, std::vector<std::string>{"5a"});
}

} // namespace
} // namespace pedigree::k8s
