#include "trackers/shelf.h"

#include <gtest/gtest.h>

#include "tests/unit/recorder/fakes.h"
#include "tests/unit/trackers/memory_shelf.h"
#include "trackers/call.h"

namespace pedigree::trackers {
namespace {

using recorder::FakeExchange;

// One whose client goes away behind what it sent.
struct CutExchange final : net::Exchange {
    explicit CutExchange(std::string text) : sent("PUT", "/", std::move(text)) {}
    const net::ServerRequest& request() const override { return sent.request(); }
    Result<std::size_t> read(std::span<char> buffer) override {
        TRY(const std::size_t count, sent.read(buffer));
        if (count == 0) {
            return failure(ErrorCode::Unavailable, "gone");
        }
        return count;
    }
    Status send(const net::Response&) override { return {}; }
    Status start(const net::Response&, std::optional<std::uint64_t>) override { return {}; }
    Status write(std::string_view) override { return {}; }
    std::stop_token stop() const override { return {}; }

    FakeExchange sent;
};

TEST(TakeBody, a_body_is_kept_at_its_end_and_not_before) {
    MemoryShelf shelf;
    const std::string body(200'000, 'x');
    FakeExchange whole("PUT", "/", body);
    const auto shelved = take_body(shelf, whole, "a");
    ASSERT_TRUE(shelved);
    EXPECT_EQ(shelved->sha256, sha256(body));
    EXPECT_EQ(shelved->bytes, body.size());
    CutExchange cut(body);
    EXPECT_EQ(take_body(shelf, cut, "b").error().code, ErrorCode::Unavailable);
    EXPECT_EQ(shelf.kept, (std::map<std::string, std::string>{{"a", body}}));
}

// What a client would get of it.
struct SentExchange final : net::Exchange {
    explicit SentExchange(std::string method) : asked(std::move(method), "/") {}
    const net::ServerRequest& request() const override { return asked.request(); }
    Result<std::size_t> read(std::span<char>) override { return 0; }
    Status send(const net::Response& response) override { return asked.send(response); }
    Status start(const net::Response& head, std::optional<std::uint64_t> body_bytes) override {
        announced = body_bytes;
        return asked.start(head, body_bytes);
    }
    Status write(std::string_view bytes) override { return asked.write(bytes); }
    void abandon() override { abandoned = true; }
    std::stop_token stop() const override { return {}; }

    FakeExchange asked;
    std::optional<std::uint64_t> announced;
    bool abandoned = false;
};

TEST(SendShelved, a_file_goes_back_as_it_came_and_its_length_alone_if_that_is_asked_for) {
    MemoryShelf shelf;
    shelf.kept = {{"a", "abc"}, {"empty", ""}};
    SentExchange whole("GET");
    send_shelved(shelf, whole, "a");
    EXPECT_EQ(whole.asked.answer.status, 200);
    EXPECT_EQ(whole.announced, 3u);
    EXPECT_EQ(whole.asked.answer.body, "abc");
    SentExchange head("HEAD");
    send_shelved(shelf, head, "a");
    EXPECT_EQ(head.asked.answer.status, 200);
    EXPECT_EQ(head.announced, 3u);
    EXPECT_EQ(head.asked.answer.body, "");
    SentExchange empty("GET");
    send_shelved(shelf, empty, "empty");
    EXPECT_EQ(empty.announced, 0u);
    SentExchange none("GET");
    send_shelved(shelf, none, "b");
    EXPECT_EQ(none.asked.answer.status, 404);
}

TEST(SendShelved, a_part_is_never_taken_for_the_whole) {
    MemoryShelf shelf;
    shelf.kept = {{"a", "abc"}};
    shelf.readable_bytes = 2;
    SentExchange cut("GET");
    send_shelved(shelf, cut, "a");
    EXPECT_TRUE(cut.abandoned);
}

TEST(ReadCall, a_body_above_the_limit_is_read_to_its_end_and_left_out) {
    for (const std::size_t more : {0u, 1u, 100'000u}) {
        FakeExchange exchange("POST", "/", std::string(call_bytes_max - 1 + more, 'x'));
        const auto body = read_call(exchange);
        ASSERT_TRUE(body);
        EXPECT_EQ(body->state, more <= 1 ? Body::Whole : Body::Cut) << more;
        EXPECT_EQ(body->text.size(), more <= 1 ? call_bytes_max - 1 + more : 0);
        EXPECT_EQ(exchange.at, exchange.body.size());
    }
    CutExchange cut("half");
    EXPECT_FALSE(read_call(cut));
}

} // namespace
} // namespace pedigree::trackers
