#include "k8s/watch.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/unit/k8s/scripted_api.h"

namespace pedigree::k8s {
namespace {

struct Collector {
    std::vector<std::string> names;
    WatchDecoder decoder{[this](WatchEvent event) -> Status {
        names.push_back(std::to_string(static_cast<int>(event.type)) + key_of(*event.object).name);
        return {};
    }};
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

TEST(WatchDecoder, BoundsALine) {
    Collector collector;
    Json large = object_at("a", "1", "1");
    large["data"] = std::string(1'400'000, 'x');
    EXPECT_TRUE(collector.decoder.feed(event_line("ADDED", large)));
    const std::string piece(100'000, 'x');
    Status outcome;
    std::size_t fed = 0;
    while (outcome && fed < 2 * event_bytes_max) {
        outcome = collector.decoder.feed(piece);
        fed += piece.size();
    }
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, ErrorCode::TooLarge);
    EXPECT_LE(fed, event_bytes_max + piece.size());
}

TEST(WatchDecoder, EndsAtABadLineOrTheHandlersWord) {
    for (const char* line :
         {"{\n", "[]\n", "{\"type\":\"ADDED\"}\n", "{\"object\":3}\n", "\xff\n"}) {
        Collector collector;
        const Status outcome = collector.decoder.feed(line);
        ASSERT_FALSE(outcome) << line;
        EXPECT_EQ(outcome.error().code, ErrorCode::Corrupt);
    }
    WatchDecoder refusing([](WatchEvent) -> Status { return failure(ErrorCode::Gone, "no"); });
    EXPECT_EQ(refusing.feed(event_line("ADDED", object_at("a", "1", "1"))).error().code,
              ErrorCode::Gone);
    Collector collector;
    EXPECT_TRUE(collector.decoder.feed("\n \r\n" + event_line("NEW", object_at("a", "1", "1"))));
    EXPECT_EQ(collector.names, std::vector<std::string>{"5a"});
}

} // namespace
} // namespace pedigree::k8s
