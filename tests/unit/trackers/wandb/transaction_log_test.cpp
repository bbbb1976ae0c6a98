#include "trackers/wandb/transaction_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "trackers/wandb/limits.h"

namespace pedigree::trackers::wandb {
namespace {

using testing::ElementsAre;

std::string file_of(const std::vector<std::string>& records) {
    std::string file = log_header();
    for (const std::string& record : records) {
        file += logged(record, file.size());
    }
    return file;
}

std::vector<std::string> all_in(TransactionLog& log, std::string_view bytes, std::size_t piece) {
    std::vector<std::string> records;
    while (!bytes.empty()) {
        log.feed(bytes.substr(0, piece));
        bytes.remove_prefix(std::min(piece, bytes.size()));
        while (auto record = log.next()) {
            records.push_back(*std::move(record));
        }
    }
    return records;
}

const std::vector<std::string> some = {"one", "", std::string(100'000, 'x'), "last"};

TEST(TransactionLog, GivesWhatWasWrittenWhateverThePieces) {
    for (const std::size_t piece :
         {std::size_t{1}, std::size_t{7}, std::size_t{4096}, std::size_t{1} << 20}) {
        TransactionLog log;
        EXPECT_EQ(all_in(log, file_of(some), piece), some) << piece;
        EXPECT_TRUE(log.is_at_end());
        EXPECT_EQ(log.damaged(), 0);
    }
}

TEST(TransactionLog, FillsBlocksToEachLength) {
    for (std::size_t short_of = 0; short_of < 16; ++short_of) {
        // The header and the first record's head take 14 bytes.
        const std::vector<std::string> records = {std::string(32768 - 14 - short_of, 'a'), "b",
                                                  "c"};
        TransactionLog log;
        EXPECT_EQ(all_in(log, file_of(records), 1000), records) << short_of;
        EXPECT_EQ(log.damaged(), 0) << short_of;
    }
}

TEST(TransactionLog, WaitsForTheRestOfACutRecord) {
    const std::string file = file_of(some);
    TransactionLog log;
    EXPECT_EQ(all_in(log, file.substr(0, file.size() - 3), 4096).size(), 3);
    EXPECT_FALSE(log.is_at_end());
    EXPECT_EQ(all_in(log, file.substr(file.size() - 3), 4096), (std::vector<std::string>{"last"}));
}

TEST(TransactionLog, GoesOnInTheBlockBehindADamage) {
    std::string file = file_of({"one", "two", std::string(40'000, 'x'), "last"});
    file[20] = static_cast<char>(~file[20]); // within "two"
    TransactionLog log;
    EXPECT_THAT(all_in(log, file, 4096), ElementsAre("one", "last"));
    EXPECT_GE(log.damaged(), 1);
}

TEST(TransactionLog, IsForeignWithAnotherHeader) {
    for (const char* bytes : {"x", ":W&C", "PK\3\4 and so on"}) {
        TransactionLog log;
        EXPECT_TRUE(all_in(log, bytes, 4).empty());
        EXPECT_TRUE(log.is_foreign()) << bytes;
    }
    TransactionLog empty; // a run that was killed at once leaves 0 or 7 bytes
    EXPECT_TRUE(all_in(empty, log_header(), 3).empty());
    EXPECT_FALSE(empty.is_foreign());
}

TEST(TransactionLog, PassesOverARecordThatIsTooLarge) {
    TransactionLog log;
    EXPECT_THAT(
        all_in(log, file_of({"one", std::string(wandb_record_bytes_max + 1, 'x'), "last"}), 65536),
        ElementsAre("one", "last"));
    EXPECT_EQ(log.too_large(), 1);
}

} // namespace
} // namespace pedigree::trackers::wandb
