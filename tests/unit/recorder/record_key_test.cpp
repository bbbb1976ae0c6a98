// The recorder gets its key from the operator, keeps it in its journal alone, and signs with it.
#include "recorder/record_key.h"

#include <sys/stat.h>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "recorder/event_sender.h"
#include "records/pod/signature.h"
#include "tests/fakes/scratch.h"
#include "tests/unit/recorder/fakes.h"

namespace pedigree::recorder {
namespace {

const std::string some_key(64, 'a');

struct KeyBench {
    KeyBench()
        : http([this](const FakeHttp::Asked& asked) -> Result<net::Response> {
              if (!there) {
                  return failure(ErrorCode::Unavailable, "away");
              }
              return asked.url.ends_with("/key")
                         ? net::Response{status, {}, Json{{"key", some_key}}.dump()}
                         : net::Response{202, {}, ""};
          }) {
        settings.pod_uid = "pod";
        settings.places = Places(scratch.path());
        settings.config.operator_url = "https://operator:8444";
        std::filesystem::create_directories(settings.places.journal());
        scratch.write("var/run/secrets/pedigree.dev/token", "projected\n");
    }
    std::string claim_of(std::size_t call) const {
        return (*parse_json(http.asked.at(call).body))["claim"];
    }

    bool there = true;
    int status = 200;
    Scratch scratch;
    Settings settings;
    FakeHttp http;
};

TEST(RecordKey, is_asked_for_with_the_pods_token_and_a_claim_of_its_own) {
    KeyBench bench;
    RecordKey key(bench.http, bench.settings);
    ASSERT_TRUE(key.open());
    EXPECT_FALSE(key.known());
    ASSERT_TRUE(key.ask({}));
    EXPECT_EQ(key.known()->reveal(), some_key);
    ASSERT_EQ(bench.http.asked.size(), 1u);
    EXPECT_EQ(bench.http.asked[0].url, "https://operator:8444/v1/attempts/key");
    EXPECT_EQ(bench.http.asked[0].headers.value_or("Authorization", ""), "Bearer projected");
    EXPECT_EQ((*parse_json(bench.http.asked[0].body))["podUid"], "pod");
    EXPECT_EQ(bench.claim_of(0).size(), 64u);
    ASSERT_TRUE(key.ask({})); // known: nobody is asked
    EXPECT_EQ(bench.http.asked.size(), 1u);
}

TEST(RecordKey, is_found_again_by_a_recorder_that_was_restarted) {
    KeyBench bench;
    bench.there = false;
    {
        RecordKey first(bench.http, bench.settings);
        ASSERT_TRUE(first.open());
        EXPECT_FALSE(first.ask({})); // the operator may have answered all the same
    }
    bench.there = true;
    {
        RecordKey second(bench.http, bench.settings);
        ASSERT_TRUE(second.open());
        ASSERT_TRUE(second.ask({}));
    }
    EXPECT_EQ(bench.claim_of(0), bench.claim_of(1)); // so the operator gives the same key
    RecordKey third(bench.http, bench.settings);
    ASSERT_TRUE(third.open());
    ASSERT_TRUE(third.known());
    EXPECT_EQ(third.known()->reveal(), some_key);
}

// Nobody else reads it: not another user of the node, not a container without the journal.
TEST(RecordKey, stands_in_the_journal_alone_readable_by_its_owner) {
    KeyBench bench;
    RecordKey key(bench.http, bench.settings);
    ASSERT_TRUE(key.open());
    ASSERT_TRUE(key.ask({}));
    std::vector<std::string> holders;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(bench.scratch.path())) {
        const std::string place =
            std::filesystem::relative(entry.path(), bench.scratch.path()).string();
        if (entry.is_regular_file() &&
            bench.scratch.read(place).find(some_key) != std::string::npos) {
            holders.push_back(place);
        }
    }
    const auto file = bench.settings.places.journal() / "key";
    ASSERT_EQ(holders, std::vector{std::filesystem::relative(file, bench.scratch.path()).string()});
    struct stat seen{};
    ASSERT_EQ(::stat(file.c_str(), &seen), 0);
    EXPECT_EQ(seen.st_mode & 0777u, 0600u);
}

TEST(RecordKey, is_waited_for_until_the_operator_is_back) {
    KeyBench bench;
    int asked = 0;
    bench.http.answer = [&](const FakeHttp::Asked&) -> Result<net::Response> {
        if (++asked < 2) {
            return failure(ErrorCode::Unavailable, "away");
        }
        return net::Response{200, {}, Json{{"key", some_key}}.dump()};
    };
    RecordKey key(bench.http, bench.settings);
    ASSERT_TRUE(key.open());
    key.wait({});
    ASSERT_TRUE(key.known());
    EXPECT_EQ(asked, 2);
}

// Nothing is gained by waiting.
TEST(RecordKey, is_not_waited_for_when_another_has_it_or_nobody_can_be_asked) {
    KeyBench taken;
    taken.status = 409;
    RecordKey key(taken.http, taken.settings);
    ASSERT_TRUE(key.open());
    key.wait({});
    EXPECT_FALSE(key.known());
    EXPECT_EQ(taken.http.asked.size(), 1u);

    KeyBench alone;
    alone.settings.config.operator_url.clear();
    RecordKey none(alone.http, alone.settings);
    ASSERT_TRUE(none.open());
    none.wait({});
    EXPECT_FALSE(none.known());
    EXPECT_TRUE(alone.http.asked.empty());
}

TEST(RecordKey, that_is_none_is_refused) {
    KeyBench bench;
    bench.http.answer = [](const FakeHttp::Asked&) -> Result<net::Response> {
        return net::Response{200, {}, R"({"key":"short"})"};
    };
    RecordKey key(bench.http, bench.settings);
    ASSERT_TRUE(key.open());
    const Status asked = key.ask({});
    ASSERT_FALSE(asked);
    EXPECT_EQ(asked.error().code, ErrorCode::Corrupt);
    EXPECT_FALSE(key.known());
}

TEST(EventSender, tells_nothing_before_it_has_a_key_and_signs_what_it_tells) {
    KeyBench bench;
    Notebook notebook;
    ASSERT_TRUE(notebook.open(bench.settings.places.journal() / "notes"));
    SeenRun run;
    run.run.run_id = "r";
    notebook.note(run_note(run));
    RecordKey key(bench.http, bench.settings);
    ASSERT_TRUE(key.open());
    EventSender sender({bench.http, bench.settings, notebook, key});
    bench.there = false;
    EXPECT_FALSE(sender.send({}));
    for (const auto& asked : bench.http.asked) {
        EXPECT_TRUE(asked.url.ends_with("/key")) << asked.url;
    }
    bench.there = true;
    ASSERT_TRUE(sender.send({}));
    const auto& told = bench.http.asked.back();
    EXPECT_EQ(told.url, "https://operator:8444/v1/attempts/events");
    EXPECT_TRUE(
        records::pod::is_signature_of(Secret(some_key), records::pod::SignedText::News, told.body,
                                      told.headers.value_or(records::pod::signature_header, "")));
}

} // namespace
} // namespace pedigree::recorder
