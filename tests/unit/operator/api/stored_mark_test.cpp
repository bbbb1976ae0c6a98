#include "operator/stored_mark.h"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/log.h"
#include "tests/fakes/sample.h"
#include "tests/fakes/scratch.h"

namespace pedigree::control {
namespace {

using records::work::WorkKind;
using testing::HasSubstr;

const LedgerMark earlier{7, 150, sha256("root of 150")};
const LedgerMark ours{8, 151, sha256("root of 151")};

// The worker with a store behind it, which may be away.
struct StoreDouble final : Worker {
    Result<WorkAnswer> run(const records::work::WorkRequest& request, const Json& input,
                           const std::function<void(const records::work::Progress&)>&,
                           std::stop_token) override {
        if (away) {
            return records::work::WorkFailure{FailureClass::Infrastructure, "Unavailable",
                                              "connection refused"};
        }
        if (request.kind == WorkKind::PutObject) {
            const auto put = records::work::put_object_input_from(input);
            ++writes;
            objects[put->place.bucket + "/" + put->place.key] = put->bytes;
            return records::work::to_json(records::work::PutObjectOutcome{});
        }
        const auto get = records::work::fetch_object_input_from(input);
        const auto found = objects.find(get->bucket + "/" + get->key);
        if (found == objects.end()) {
            return records::work::WorkFailure{FailureClass::Configuration, "NotFound", "NoSuchKey"};
        }
        return records::work::to_json(records::work::FetchObjectOutcome{found->second});
    }

    std::map<std::string, std::string> objects;
    bool away = false;
    int writes = 0;
};

class StoredMarkTest : public testing::Test {
  protected:
    StoredMarkTest() {
        set_log_level(LogLevel::Error);
        mounts_.write("AWS_ACCESS_KEY_ID", "id");
        mounts_.write("AWS_SECRET_ACCESS_KEY", "key");
    }
    StoredMark stored() {
        return StoredMark({worker_,
                           configuration_.effective(""),
                           {.artifact_store_directory = mounts_.path().string()},
                           readiness_});
    }

    Scratch mounts_;
    const spec::Configuration configuration_ = sample::configuration();
    StoreDouble worker_;
    Readiness readiness_;
    const std::string key_ = configuration_.effective("").artifact_store.bucket + "/" +
                             configuration_.effective("").artifact_store.prefix +
                             "operator/ledger.json";
};

TEST_F(StoredMarkTest, HandsTheMarkFromLeaderToLeader) {
    StoredMark first = stored();
    EXPECT_FALSE(first.read({})); // there is none yet
    EXPECT_FALSE(first.settle(earlier, {}));
    EXPECT_FALSE(first.settle(earlier, {}));
    EXPECT_EQ(worker_.writes, 1); // no news
    EXPECT_EQ(worker_.objects.at(key_), to_text(earlier));
    StoredMark next = stored();
    EXPECT_EQ(next.read({}), earlier);
    EXPECT_FALSE(next.settle(ours, {})); // what was compared is not given again
    EXPECT_EQ(worker_.objects.at(key_), to_text(ours));
    EXPECT_EQ(readiness_.notes(), "");
}

// What it holds may be all that is left of the ledger's length.
TEST_F(StoredMarkTest, IsNotWrittenOverBeforeItWasRead) {
    worker_.objects[key_] = to_text(earlier);
    worker_.away = true;
    StoredMark late = stored();
    EXPECT_FALSE(late.read({}));
    EXPECT_THAT(readiness_.notes(), HasSubstr("cannot be read, and is not compared"));
    EXPECT_THAT(readiness_.notes(), HasSubstr("connection refused"));
    EXPECT_FALSE(late.settle(ours, {}));
    worker_.away = false;
    EXPECT_EQ(late.settle(ours, {}), earlier); // to be compared
    EXPECT_EQ(worker_.objects.at(key_), to_text(earlier));
    EXPECT_EQ(readiness_.notes(), "");
    EXPECT_FALSE(late.settle(ours, {}));
    EXPECT_EQ(worker_.objects.at(key_), to_text(ours));
}

TEST_F(StoredMarkTest, SaysThatItCannotBeWritten) {
    StoredMark mark = stored();
    mark.read({});
    worker_.away = true;
    EXPECT_FALSE(mark.settle(ours, {}));
    EXPECT_THAT(readiness_.notes(), HasSubstr("cannot be written"));
    worker_.away = false;
    EXPECT_FALSE(mark.settle(ours, {}));
    EXPECT_EQ(readiness_.notes(), "");
    EXPECT_EQ(worker_.writes, 1);
}

// Whoever may write there must not keep a leader from starting.
TEST_F(StoredMarkTest, IsNotBelievedWhenItIsNone) {
    worker_.objects[key_] = "not a mark";
    StoredMark mark = stored();
    EXPECT_FALSE(mark.read({}));
    EXPECT_FALSE(mark.settle(ours, {}));
    EXPECT_EQ(worker_.objects.at(key_), to_text(ours));
}

} // namespace
} // namespace pedigree::control
