#include "recorder/log_shipper.h"

#include <gtest/gtest.h>

#include "base/log.h"
#include "tests/fakes/scratch.h"
#include "tests/unit/recorder/fakes.h"

namespace pedigree::recorder {
namespace {

struct ShipperBench {
    explicit ShipperBench(std::int64_t log_bytes_max = 1000)
        : http([this](const FakeHttp::Asked&) -> Result<net::Response> {
              return net::Response{status, {}, ""};
          }),
          store(http, {.endpoint = "http://s",
                       .credentials = {"k", Secret("s"), {}},
                       .retry = {.tries_max = 1}}),
          shipper(store, notebook, {{"b", "a/log/"}, scratch.path() / "log", log_bytes_max}) {
        EXPECT_TRUE(notebook.open(scratch.path() / "notes"));
    }
    Scratch scratch;
    int status = 200;
    FakeHttp http;
    Notebook notebook;
    artifacts::S3Client store;
    LogShipper shipper;
};

TEST(LogShipper, ships_complete_segments_in_order_and_removes_them) {
    ShipperBench bench;
    bench.scratch.write("log/0000002.out", "two");
    bench.scratch.write("log/0000001.out", "one");
    bench.scratch.write("log/0000003.part", "three");
    ASSERT_TRUE(bench.shipper.ship(Segments::Complete, {}));
    ASSERT_EQ(bench.http.asked.size(), 2u);
    EXPECT_EQ(bench.http.asked[0].url, "http://s/b/a/log/0000001.out");
    EXPECT_EQ(bench.http.asked[0].body, "one");
    EXPECT_FALSE(std::filesystem::exists(bench.scratch.path() / "log/0000001.out"));
    ASSERT_TRUE(bench.shipper.ship(Segments::All, {})); // the launcher is gone
    EXPECT_EQ(bench.http.asked[2].body, "three");
    EXPECT_EQ(bench.notebook.seen().log.bytes, 11);
}

TEST(LogShipper, a_store_that_is_away_loses_nothing) {
    ShipperBench bench;
    bench.status = 503;
    bench.scratch.write("log/0000001.out", "one");
    EXPECT_FALSE(bench.shipper.ship(Segments::Complete, {}));
    EXPECT_EQ(bench.scratch.read("log/0000001.out"), "one");
    bench.status = 200;
    EXPECT_TRUE(bench.shipper.ship(Segments::Complete, {}));
    EXPECT_EQ(bench.notebook.seen().log.segments, 1);
}

TEST(LogShipper, what_a_script_prints_is_not_compared_with_secrets) {
    ShipperBench bench;
    redact_in_logs(Secret("canary-of-the-log"));
    bench.scratch.write("log/0000001.out", "guess=canary-of-the-log\n");
    ASSERT_TRUE(bench.shipper.ship(Segments::Complete, {}));
    EXPECT_EQ(bench.http.asked[0].body, "guess=canary-of-the-log\n");
}

TEST(LogShipper, beyond_the_bound_it_counts) {
    ShipperBench bench(5);
    bench.scratch.write("log/0000001.out", "four");
    bench.scratch.write("log/0000002.out", "more");
    bench.scratch.write("log/0000003.out", "x"); // it would fit, behind a hole
    ASSERT_TRUE(bench.shipper.ship(Segments::Complete, {}));
    EXPECT_EQ(bench.http.asked.size(), 1u);
    EXPECT_EQ(bench.notebook.seen().log.dropped_bytes, 5);
    EXPECT_FALSE(std::filesystem::exists(bench.scratch.path() / "log/0000002.out"));
}

TEST(LogShipper, a_link_to_a_secret_is_not_followed) {
    ShipperBench bench;
    bench.scratch.write("secret", "x");
    std::filesystem::create_directories(bench.scratch.path() / "log");
    std::filesystem::create_symlink(bench.scratch.path() / "secret",
                                    bench.scratch.path() / "log/0000001.out");
    EXPECT_TRUE(bench.shipper.ship(Segments::Complete, {}));
    EXPECT_TRUE(bench.http.asked.empty());
    EXPECT_EQ(bench.scratch.read("secret"), "x");
}

} // namespace
} // namespace pedigree::recorder
