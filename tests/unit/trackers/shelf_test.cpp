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
