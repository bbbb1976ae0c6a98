#include "recorder/shelf.h"

#include <gtest/gtest.h>

#include "tests/fakes/scratch.h"
#include "tests/unit/recorder/fakes.h"

namespace pedigree::recorder {
namespace {

struct ShelfBench {
    ShelfBench()
        : http([this](const FakeHttp::Asked& asked) -> Result<net::Response> {
              return net::Response{asked.url.ends_with(refused) ? 403 : status,
                                   {},
                                   asked.method == "GET" ? stored : ""};
          }),
          store(http, {.endpoint = "http://s",
                       .credentials = {"k", Secret("s"), {}},
                       .retry = {.tries_max = 1}}) {}

    Result<trackers::Shelved> take(StoreShelf& shelf, const std::string& path,
                                   const std::string& body) {
        FakeExchange exchange("PUT", "/", body);
        return trackers::take_body(shelf, exchange, path);
    }
    // What is read of it: the text, or "error" and its code's number.
    std::string text_of(StoreShelf& shelf, const std::string& path) {
        const auto found = shelf.find(path);
        if (!found) {
            return "none";
        }
        std::string text;
        const Status read = shelf.read(path, *found,
                                       [&](std::string_view piece) {
                                           text += piece;
                                           return Status();
                                       },
                                       {});
        return read ? text : "error " + std::string(to_string(read.error().code));
    }
    Status ship(StoreShelf& shelf) { return shelf.ship(store, {"b", "u/"}, {}); }
    std::size_t files() const {
        return static_cast<std::size_t>(
            std::distance(std::filesystem::directory_iterator(scratch.path() / "shelf"), {}));
    }

    Scratch scratch;
    int status = 200;
    std::string refused = "nothing";
    std::string stored; // what a GET gives
    FakeHttp http;
    artifacts::S3Client store;
};

TEST(StoreShelf, hashes_what_passes_and_puts_the_last_of_a_path) {
    ShelfBench bench;
    StoreShelf shelf;
    ASSERT_TRUE(shelf.open(bench.scratch.path() / "shelf"));
    EXPECT_EQ(bench.take(shelf, "wandb/a", "one")->sha256, sha256("one"));
    EXPECT_EQ(bench.take(shelf, "wandb/a", "two!")->bytes, 4u);
    EXPECT_FALSE(shelf.has("wandb/a", sha256("two!").text()));
    ASSERT_TRUE(bench.ship(shelf));
    ASSERT_EQ(bench.http.asked.size(), 1u);
    EXPECT_EQ(bench.http.asked[0].url, "http://s/b/u/wandb/a");
    EXPECT_EQ(bench.http.asked[0].body, "two!");
    EXPECT_TRUE(shelf.has("wandb/a", sha256("two!").text()));
    EXPECT_FALSE(shelf.has("wandb/a", sha256("one").text()));
    EXPECT_EQ(bench.files(), 1u); // the index
}

TEST(StoreShelf, takes_a_file_in_pieces_and_drops_one_that_was_not_kept) {
    ShelfBench bench;
    StoreShelf shelf;
    ASSERT_TRUE(shelf.open(bench.scratch.path() / "shelf", 10));
    {
        const auto first = shelf.begin("clearml/files/a");
        const auto second = shelf.begin("clearml/files/b");
        const auto cut = shelf.begin("clearml/files/c");
        first->write("on");
        second->write("tw");
        cut->write("four");
        first->write("e");
        second->write("o");
        EXPECT_EQ(first->keep().sha256, sha256("one"));
        EXPECT_EQ(second->keep().bytes, 3u);
        EXPECT_EQ(bench.files(), 4u); // the index, and the one that is not whole
    }
    EXPECT_EQ(bench.files(), 3u);
    EXPECT_TRUE(bench.take(shelf, "fits", "1234")); // beside the two, since the third has gone
    ASSERT_TRUE(bench.ship(shelf));
    EXPECT_TRUE(shelf.has("clearml/files/b", sha256("two").text()));
    EXPECT_TRUE(shelf.has("fits", sha256("1234").text()));
    EXPECT_FALSE(shelf.has("clearml/files/c", sha256("four").text()));
}

TEST(StoreShelf, keeps_nothing_that_has_no_room_or_no_path) {
    ShelfBench bench;
    StoreShelf shelf;
    ASSERT_TRUE(shelf.open(bench.scratch.path() / "shelf", 10));
    EXPECT_EQ(bench.take(shelf, "large", std::string(11, 'x'))->bytes, 11u);
    EXPECT_EQ(bench.take(shelf, "", "x")->bytes, 1u);
    EXPECT_EQ(bench.take(shelf, "a/../b", "x")->bytes, 1u);
    EXPECT_TRUE(shelf.is_empty());
    EXPECT_TRUE(bench.take(shelf, "fits", std::string(10, 'y')));
    EXPECT_FALSE(shelf.is_empty()); // the room of what was given up is there again
    ASSERT_TRUE(bench.ship(shelf));
    EXPECT_FALSE(shelf.has("large", sha256(std::string(11, 'x')).text()));
    EXPECT_TRUE(shelf.has("fits", sha256(std::string(10, 'y')).text()));
}

TEST(StoreShelf, gives_back_what_waits_and_what_the_store_alone_has) {
    ShelfBench bench;
    StoreShelf shelf;
    ASSERT_TRUE(shelf.open(bench.scratch.path() / "shelf"));
    shelf.reads_from(bench.store, {"b", "u/"});
    const std::string large(200'000, 'x');
    EXPECT_TRUE(bench.take(shelf, "clearml/files/a", large));
    EXPECT_EQ(bench.text_of(shelf, "clearml/files/a"), large);
    EXPECT_TRUE(bench.http.asked.empty());
    EXPECT_EQ(bench.text_of(shelf, "clearml/files/b"), "none");
    ASSERT_TRUE(bench.ship(shelf));
    bench.stored = large;
    EXPECT_EQ(bench.text_of(shelf, "clearml/files/a"), large);
    EXPECT_EQ(bench.http.asked.back().url, "http://s/b/u/clearml/files/a");
    bench.status = 503;
    EXPECT_EQ(bench.text_of(shelf, "clearml/files/a"), "error Unavailable");
}

TEST(StoreShelf, other_bytes_of_the_store_are_not_given_back) {
    ShelfBench bench;
    StoreShelf shelf;
    ASSERT_TRUE(shelf.open(bench.scratch.path() / "shelf"));
    shelf.reads_from(bench.store, {"b", "u/"});
    EXPECT_TRUE(bench.take(shelf, "a", "good"));
    ASSERT_TRUE(bench.ship(shelf));
    bench.stored = "evil";
    EXPECT_EQ(bench.text_of(shelf, "a"), "error Conflict");
    std::size_t pieces = 0;
    EXPECT_FALSE(shelf.read("a", *shelf.find("a"),
                            [&](std::string_view) {
                                ++pieces;
                                return Status();
                            },
                            {}));
    EXPECT_EQ(pieces, 0u);
}

TEST(StoreShelf, a_file_that_was_replaced_or_not_kept_is_not_given_back) {
    ShelfBench bench;
    StoreShelf shelf;
    ASSERT_TRUE(shelf.open(bench.scratch.path() / "shelf", 10));
    EXPECT_TRUE(bench.take(shelf, "large", std::string(11, 'x')));
    EXPECT_EQ(bench.text_of(shelf, "large"), "none");
    EXPECT_TRUE(bench.take(shelf, "a", "one"));
    const auto first = shelf.find("a");
    EXPECT_TRUE(bench.take(shelf, "a", "two"));
    EXPECT_EQ(bench.text_of(shelf, "a"), "two");
    EXPECT_EQ(shelf.read("a", *first, [](std::string_view) { return Status(); }, {}).error().code,
              ErrorCode::NotFound);
}

TEST(StoreShelf, waits_for_a_store_that_is_away_and_leaves_what_is_refused) {
    ShelfBench bench;
    StoreShelf shelf;
    ASSERT_TRUE(shelf.open(bench.scratch.path() / "shelf"));
    EXPECT_TRUE(bench.take(shelf, "refused", "r"));
    EXPECT_TRUE(bench.take(shelf, "later", "l"));
    bench.status = 503;
    EXPECT_FALSE(bench.ship(shelf));
    EXPECT_FALSE(shelf.is_empty());
    bench.status = 200;
    bench.refused = "/refused";
    EXPECT_TRUE(bench.ship(shelf));
    EXPECT_TRUE(shelf.is_empty());
    EXPECT_TRUE(shelf.has("later", sha256("l").text()));
    EXPECT_FALSE(shelf.has("refused", sha256("r").text()));
}

TEST(StoreShelf, is_as_it_was_after_a_restart) {
    ShelfBench bench;
    {
        StoreShelf shelf;
        ASSERT_TRUE(shelf.open(bench.scratch.path() / "shelf"));
        EXPECT_TRUE(bench.take(shelf, "stored", "s"));
        ASSERT_TRUE(bench.ship(shelf));
        EXPECT_TRUE(bench.take(shelf, "waits", "first"));
        EXPECT_TRUE(bench.take(shelf, "waits", "w"));
    }
    std::ofstream(bench.scratch.path() / "shelf/index", std::ios::app) << "{\"path\":\"torn";
    StoreShelf shelf;
    ASSERT_TRUE(shelf.open(bench.scratch.path() / "shelf"));
    EXPECT_TRUE(shelf.has("stored", sha256("s").text()));
    shelf.reads_from(bench.store, {"b", "u/"});
    EXPECT_EQ(bench.text_of(shelf, "waits"), "w");
    bench.stored = "s";
    EXPECT_EQ(bench.text_of(shelf, "stored"), "s");
    EXPECT_TRUE(bench.take(shelf, "new", "n"));
    bench.http.asked.clear();
    ASSERT_TRUE(bench.ship(shelf));
    ASSERT_EQ(bench.http.asked.size(), 2u);
    EXPECT_EQ(bench.http.asked[0].body, "w");
    EXPECT_EQ(bench.http.asked[1].body, "n");
}

} // namespace
} // namespace pedigree::recorder
