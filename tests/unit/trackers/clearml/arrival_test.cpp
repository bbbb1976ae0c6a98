#include "trackers/clearml/arrival.h"

#include <gtest/gtest.h>

#include "tests/unit/recorder/fakes.h"
#include "tests/unit/trackers/memory_shelf.h"

namespace pedigree::trackers::clearml {
namespace {

// As the SDK sends it.
std::string file_part(const std::string& name, const std::string& bytes) {
    return "--b\r\nContent-Disposition: form-data; name=\"" + name +
           "\"; filename=\"f\"\r\nContent-Type: application/octet-stream\r\n\r\n" + bytes + "\r\n";
}

struct ArrivalBench {
    Result<std::string> take(const std::string& body) {
        recorder::FakeExchange exchange("POST", "/clearml/files", body);
        exchange.asked.headers.add("Content-Type", "multipart/form-data; boundary=b");
        return take_files(
            exchange, shelf,
            {.is_wanted = [&](const std::string& path) { return path != unwanted; },
             .came = [&](const std::string& path,
                         const Shelved& shelved) { came[path] = shelved.sha256.text(); }});
    }
    MemoryShelf shelf;
    std::string unwanted;
    std::map<std::string, std::string> came;
};

TEST(ClearmlArrival, EachFileOfACallIsKeptUnderItsOwnPathInPieces) {
    ArrivalBench bench;
    const std::string large(1'000'000, 'x');
    EXPECT_EQ(bench.take(file_part("/p/a", large) + file_part("/p/b", "bb") + file_part("p/c", "") +
                         "--b--\r\n"),
              "p/c");
    EXPECT_EQ(bench.shelf.kept, (std::map<std::string, std::string>{{"clearml/files/p/a", large},
                                                                    {"clearml/files/p/b", "bb"},
                                                                    {"clearml/files/p/c", ""}}));
    EXPECT_LE(bench.shelf.piece_bytes_max, 100'000u);
    EXPECT_EQ(bench.came.at("p/b"), sha256("bb").text());
}

TEST(ClearmlArrival, WhatIsNotWantedIsReadAndHashedOnly) {
    ArrivalBench bench;
    bench.unwanted = "a";
    EXPECT_TRUE(bench.take(file_part("/a", "aa") + "--b--\r\n"));
    EXPECT_EQ(bench.shelf.kept, (std::map<std::string, std::string>{{"", "aa"}}));
    EXPECT_EQ(bench.came.at("a"), sha256("aa").text());
}

TEST(ClearmlArrival, OfACallThatIsCutWhatWasWholeIsKept) {
    ArrivalBench bench;
    const auto cut = bench.take(file_part("/a", "aa") + "--b\r\nContent-Disposition: form-data; "
                                                        "name=\"/c\"\r\n\r\nhalf");
    ASSERT_FALSE(cut);
    EXPECT_EQ(cut.error().message, "pedigree: the upload was cut off");
    EXPECT_EQ(bench.came.size(), 1u);
    EXPECT_EQ(bench.shelf.kept.size(), 1u);
}

TEST(ClearmlArrival, ABadPathOrNoUploadIsAnErrorInWords) {
    ArrivalBench bench;
    EXPECT_EQ(bench.take(file_part("/../x", "aa") + "--b--\r\n").error().message,
              "pedigree: no path of a file");
    recorder::FakeExchange json("POST", "/clearml/files", "{}");
    EXPECT_EQ(take_files(json, bench.shelf, {}).error().code, ErrorCode::InvalidInput);
    EXPECT_TRUE(bench.shelf.kept.empty());
}

} // namespace
} // namespace pedigree::trackers::clearml
