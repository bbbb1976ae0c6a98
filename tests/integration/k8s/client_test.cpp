#include <nlohmann/json.hpp>

#include "k8s/access.h"
#include "k8s/events.h"
#include "tests/integration/k8s/real_cluster.h"

namespace pedigree::k8s {
namespace {

using ClientTest = RealCluster;

ErrorCode code_of(const auto& outcome) {
    return outcome ? ErrorCode::Internal : outcome.error().code;
}

TEST_F(ClientTest, CreatesReadsChangesAndDeletes) {
    const ObjectKey key{namespace_name_, "one"};
    const auto made = client_->create(config_maps, config_map("one", "a"));
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_FALSE(uid_of(*made).empty());
    EXPECT_EQ(code_of(client_->create(config_maps, config_map("one", "a"))),
              ErrorCode::AlreadyExists);

    const auto merged =
        client_->patch(config_maps, key, PatchKind::Merge, {{"data", {{"value", "b"}}}}, {});
    ASSERT_TRUE(merged) << merged.error().message;
    EXPECT_EQ((*merged)["data"]["value"], "b");
    EXPECT_EQ(code_of(client_->replace(config_maps, *made)), ErrorCode::Conflict); // old version

    const Json test_and_set =
        Json::array({{{"op", "test"}, {"path", "/data/value"}, {"value", "x"}},
                     {{"op", "remove"}, {"path", "/data/value"}}});
    EXPECT_EQ(code_of(client_->patch(config_maps, key, PatchKind::Json, test_and_set, {})),
              ErrorCode::InvalidInput);

    Json applied = config_map("one", "c");
    applied["metadata"]["labels"]["tier"] = "test";
    const PatchOptions owner{.subresource = "", .field_manager = "pedigree-test", .force = true};
    const auto apply = client_->patch(config_maps, key, PatchKind::Apply, applied, owner);
    ASSERT_TRUE(apply) << apply.error().message;
    const PatchOptions other{.subresource = "", .field_manager = "somebody-else", .force = false};
    EXPECT_EQ(
        code_of(client_->patch(config_maps, key, PatchKind::Apply, config_map("one", "d"), other)),
        ErrorCode::Conflict);

    DeleteOptions wrong;
    wrong.uid = "00000000-0000-0000-0000-000000000000";
    EXPECT_EQ(code_of(client_->remove(config_maps, key, wrong)), ErrorCode::Conflict);
    EXPECT_TRUE(client_->remove(config_maps, key, {}));
    EXPECT_EQ(code_of(client_->get(config_maps, key)), ErrorCode::NotFound);
}

TEST_F(ClientTest, SaysWhatTheServerRefuses) {
    const auto bad_name = client_->create(config_maps, config_map("Not A Name", "a"));
    ASSERT_FALSE(bad_name);
    EXPECT_EQ(bad_name.error().code, ErrorCode::InvalidInput);
    EXPECT_NE(bad_name.error().message.find("metadata.name"), std::string::npos)
        << bad_name.error().message;

    Json unknown_field = config_map("two", "a");
    unknown_field["dta"] = 1;
    EXPECT_EQ(code_of(client_->create(config_maps, unknown_field)), ErrorCode::InvalidInput);

    Json huge = config_map("three", std::string(request_bytes_max, 'x'));
    EXPECT_EQ(code_of(client_->create(config_maps, huge)), ErrorCode::TooLarge);
}

TEST_F(ClientTest, DeletesPodsOfAJob) {
    const Json container{{"name", "c"},
                         {"image", "example.com/none@sha256:" + std::string(64, '0')}};
    const Json job{
        {"apiVersion", "batch/v1"},
        {"kind", "Job"},
        {"metadata", {{"name", "j"}, {"namespace", namespace_name_}}},
        {"spec",
         {{"suspend", true},
          {"template", {{"spec", {{"restartPolicy", "Never"}, {"containers", {container}}}}}}}}};
    const auto made = client_->create(jobs, job);
    ASSERT_TRUE(made) << made.error().message;
    DeleteOptions options;
    options.propagation = Propagation::Foreground;
    options.uid = uid_of(*made);
    EXPECT_TRUE(client_->remove(jobs, {namespace_name_, "j"}, options));
}

TEST_F(ClientTest, ListsInPagesAndAtAVersion) {
    constexpr int count = list_page_items + 30;
    for (int i = 0; i < count; ++i) {
        ASSERT_TRUE(client_->create(config_maps, config_map("item-" + std::to_string(i), "x")));
    }
    const auto newest = client_->list(config_maps, {namespace_name_, "", "", ""});
    ASSERT_TRUE(newest) << newest.error().message;
    EXPECT_EQ(std::count_if(
                  newest->items.begin(), newest->items.end(),
                  [](const Object& object) { return key_of(*object).name.starts_with("item-"); }),
              count);
    EXPECT_EQ(string_or(*newest->items.front(), "kind"), "ConfigMap");
    const auto cached =
        client_->list(config_maps, {namespace_name_, "", "", newest->resource_version});
    ASSERT_TRUE(cached) << cached.error().message;
    EXPECT_EQ(cached->items.size(), newest->items.size());
}

TEST_F(ClientTest, ReviewsTokensAndRights) {
    const auto account =
        client_->create({"", "v1", "serviceaccounts", "ServiceAccount"},
                        {{"apiVersion", "v1"},
                         {"kind", "ServiceAccount"},
                         {"metadata", {{"name", "trainer"}, {"namespace", namespace_name_}}}});
    ASSERT_TRUE(account) << account.error().message;
    const auto answer = client_->raw(
        "/api/v1/namespaces/" + namespace_name_ + "/serviceaccounts/trainer/token", "POST",
        R"({"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest",)"
        R"("spec":{"audiences":["pedigree"],"expirationSeconds":600}})");
    ASSERT_TRUE(answer) << answer.error().message;
    const Secret token(string_or(at_path(*parse_json(*answer), {"status"}), "token"));

    const auto user = review_token(*client_, token, "pedigree");
    ASSERT_TRUE(user) << user.error().message;
    EXPECT_EQ(user->username, "system:serviceaccount:" + namespace_name_ + ":trainer");
    EXPECT_EQ(code_of(review_token(*client_, token, "somebody-else")), ErrorCode::Unauthorized);
    EXPECT_EQ(code_of(review_token(*client_, Secret("nonsense"), "pedigree")),
              ErrorCode::Unauthorized);

    AccessQuestion question{"get", "", "pods", "", namespace_name_, ""};
    const Status denied = review_access(*client_, *user, question);
    EXPECT_EQ(code_of(denied), ErrorCode::Forbidden);
    EXPECT_TRUE(review_access(*client_, {"admin", "", {"system:masters"}, {}}, question));
}

TEST_F(ClientTest, CountsEqualEventsUp) {
    const auto made = client_->create(config_maps, config_map("subject", "a"));
    ASSERT_TRUE(made);
    const SystemClock clock;
    {
        EventRecorder recorder(*client_, clock, "pedigree-test");
        for (int i = 0; i < 5; ++i) {
            recorder.emit(
                {reference_to(*made), EventType::Warning, "BuildFailed", "no such wheel"});
        }
        for (int tries = 0; tries < 500; ++tries) {
            const auto seen = client_->list(events, {namespace_name_, "", "", ""});
            ASSERT_TRUE(seen);
            if (seen->items.size() == 1 && integer_or(*seen->items[0], "count") == 5) {
                EXPECT_EQ(string_or(*seen->items[0], "message"), "no such wheel");
                return;
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
    }
    FAIL() << "no event with count 5";
}

} // namespace
} // namespace pedigree::k8s
