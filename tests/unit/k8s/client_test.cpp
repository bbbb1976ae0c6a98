#include "k8s/client.h"

#include <filesystem>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/ids.h"
#include "base/sync.h"
#include "k8s/access.h"
#include "net/http_server.h"

namespace pedigree::k8s {
namespace {

struct Seen {
    std::string method;
    std::string target;
    std::string body;
    std::string authorization;
    std::string content_type;
};

// A plain HTTP server that answers as an API server does; the test gives the answers in order.
class ClientTest : public testing::Test {
  protected:
    void SetUp() override {
        server_ = *net::HttpServer::start({}, [this](net::Exchange& exchange) {
            const auto& request = exchange.request();
            seen_.lock()->push_back({request.method, request.target,
                                     exchange.read_all(request_bytes_max * 2).value_or("?"),
                                     request.headers.value_or("Authorization", ""),
                                     request.headers.value_or("Content-Type", "")});
            net::Response answer{200, {}, "{}"};
            answers_.with([&](auto& answers) {
                if (!answers.empty()) {
                    answer = answers.front();
                    answers.erase(answers.begin());
                }
            });
            (void)exchange.send(answer);
        });
        config_.server = "http://127.0.0.1:" + std::to_string(server_->port());
    }
    std::unique_ptr<Client> connect() { return *Client::connect(config_); }
    void answer(int status, std::string body, net::Headers headers = {}) {
        answers_.lock()->push_back({status, std::move(headers), std::move(body)});
    }
    Seen seen(std::size_t index) { return (*seen_.lock()).at(index); }

    Config config_;
    Sync<std::vector<net::Response>> answers_;
    Sync<std::vector<Seen>> seen_;
    std::unique_ptr<net::HttpServer> server_;
};

TEST(StatusError, ReadsTheReasonNotOnlyTheNumber) {
    const auto error = [](int code, const char* reason) {
        return error_from_status(code, Json{{"kind", "Status"}, {"reason", reason}}.dump(), "x")
            .code;
    };
    EXPECT_EQ(error(409, "AlreadyExists"), ErrorCode::AlreadyExists);
    EXPECT_EQ(error(409, "Conflict"), ErrorCode::Conflict);
    EXPECT_EQ(error(422, "Invalid"), ErrorCode::InvalidInput);
    EXPECT_EQ(error(410, "Expired"), ErrorCode::Gone);
    EXPECT_EQ(error(504, "Timeout"), ErrorCode::Timeout);
    EXPECT_EQ(error(500, "InternalError"), ErrorCode::Unavailable);
    EXPECT_EQ(error(403, "Forbidden"), ErrorCode::Forbidden);
    EXPECT_EQ(error_from_status(502, "<html>proxy</html>", "x").code, ErrorCode::Unavailable);
    EXPECT_EQ(error_from_status(502, "<html>proxy</html>", "x").message.find("html"),
              std::string::npos);
    const Error slow =
        error_from_status(429, R"({"kind":"Status","details":{"retryAfterSeconds":3}})", "x");
    EXPECT_EQ(slow.code, ErrorCode::TooMany);
    EXPECT_EQ(slow.retry_after, std::chrono::seconds(3));
}

// Both are 403, as a missing right is; what follows differs.
TEST(StatusError, TellsAQuotaAndADyingNamespaceFromAMissingRight) {
    const Error quota = error_from_status(
        403,
        R"({"kind":"Status","reason":"Forbidden","message":"jobs.batch \"a\" is forbidden: exceeded quota: q, requested: count/jobs.batch=1"})",
        "x");
    EXPECT_EQ(quota.code, ErrorCode::TooMany);
    EXPECT_EQ(quota.reason, quota_reason);
    EXPECT_EQ(prospect_of(quota.code), Prospect::Passing);
    const Error dying = error_from_status(
        403,
        R"({"kind":"Status","reason":"Forbidden","details":{"causes":[{"reason":"NamespaceTerminating"}]}})",
        "x");
    EXPECT_EQ(dying.code, ErrorCode::Gone);
}

TEST_F(ClientTest, ReadsARotatedTokenAgainAfterA401) {
    config_.token_file = testing::TempDir() + "/rotating-token-" + random_uuid();
    ASSERT_TRUE(write_file(config_.token_file, "first\n"));
    const auto client = connect();
    ASSERT_TRUE(client->get(pods, {"a", "b"}));
    ASSERT_TRUE(write_file(config_.token_file, "second\n"));
    answer(401, R"({"kind":"Status","reason":"Unauthorized"})");
    EXPECT_TRUE(client->get(pods, {"a", "b"}));
    EXPECT_EQ(seen(0).authorization, "Bearer first");
    EXPECT_EQ(seen(1).authorization, "Bearer first");
    EXPECT_EQ(seen(2).authorization, "Bearer second");
    answer(401, "{}");
    answer(401, "{}");
    EXPECT_EQ(client->get(pods, {"a", "b"}).error().code, ErrorCode::Unauthorized);
    std::filesystem::remove(config_.token_file);
}

class ExecPluginTest : public ClientTest {
  protected:
    void SetUp() override {
        ClientTest::SetUp();
        folder_ = testing::TempDir() + "/exec_plugin_test-" + random_uuid();
        std::filesystem::create_directories(folder_);
        config_.exec = ExecPlugin{{program(), "two words; $(false)"},
                                  {{"REGION", "eu"}},
                                  "client.authentication.k8s.io/v1",
                                  "see example.com"};
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }
    std::string program() const { return folder_ + "/get-token"; }
    // Counts its runs in a file; `status` is the ExecCredential's, where $n is the run.
    void install(const std::string& status) {
        ASSERT_TRUE(write_file(program(),
                               "#!/bin/sh\n"
                               "echo x >> " +
                                   folder_ +
                                   "/runs\n"
                                   "n=$(wc -l < " +
                                   folder_ +
                                   "/runs)\n"
                                   "[ \"$1\" = 'two words; $(false)' ] || exit 9\n"
                                   "[ \"$REGION\" = eu ] || exit 8\n"
                                   "echo '{\"apiVersion\":\"client.authentication.k8s.io/v1\","
                                   "\"kind\":\"ExecCredential\",\"status\":" +
                                   status +
                                   "}'"
                                   " | sed s/RUN/$n/\n",
                               0755));
    }
    std::string folder_;
};

TEST_F(ExecPluginTest, RunsAgainWhenItsTokenHasExpiredOrIsRefused) {
    install(R"({"token":"t-RUN","expirationTimestamp":"2000-01-01T00:00:00Z"})");
    auto client = connect();
    ASSERT_TRUE(client->get(pods, {"a", "b"}));
    EXPECT_EQ(seen(0).authorization, "Bearer t-2"); // the first had expired before it was used

    install(R"({"token":"t-RUN","expirationTimestamp":"2999-01-01T00:00:00Z"})");
    client = connect();
    ASSERT_TRUE(client->get(pods, {"a", "b"}));
    ASSERT_TRUE(client->get(pods, {"a", "b"}));
    EXPECT_EQ(seen(1).authorization, "Bearer t-3"); // one run to connect, used until it expires
    EXPECT_EQ(seen(2).authorization, "Bearer t-3");
    answer(401, "{}");
    ASSERT_TRUE(client->get(pods, {"a", "b"}));
    EXPECT_EQ(seen(3).authorization, "Bearer t-3");
    EXPECT_EQ(seen(4).authorization, "Bearer t-4");
}

TEST_F(ExecPluginTest, SaysWhatIsWrongWithIt) {
    const auto error = [&] { return Client::connect(config_).error(); };
    install("{}");
    EXPECT_EQ(error().code, ErrorCode::Unauthorized);
    ASSERT_TRUE(write_file(program(), "#!/bin/sh\necho secret-canary >&2\nexit 3\n", 0755));
    EXPECT_NE(error().message.find("exit code 3"), std::string::npos);
    EXPECT_EQ(error().message.find("canary"), std::string::npos);
    config_.exec->command.front() = "no-such-program-anywhere";
    EXPECT_EQ(error().code, ErrorCode::NotFound);
    EXPECT_NE(error().message.find("see example.com"), std::string::npos);
}

TEST_F(ClientTest, SendsWhatTheServerNeedsToKnow) {
    const auto client = connect();
    DeleteOptions options;
    options.uid = "u1";
    ASSERT_TRUE(client->remove(jobs, {"vision", "j"}, options));
    EXPECT_EQ(seen(0).method, "DELETE");
    const Json body = *parse_json(seen(0).body);
    EXPECT_EQ(body["propagationPolicy"], "Background");
    EXPECT_EQ(body["preconditions"]["uid"], "u1");

    ASSERT_TRUE(client->patch(jobs, {"vision", "j"}, PatchKind::Apply, {{"a", 1}},
                              {.subresource = "status", .field_manager = "me", .force = true}));
    EXPECT_EQ(seen(1).target, "/apis/batch/v1/namespaces/vision/jobs/j/status"
                              "?fieldValidation=Strict&fieldManager=me&force=true");
    EXPECT_EQ(seen(1).content_type, "application/apply-patch+yaml");
}

TEST_F(ClientTest, RestartsAListWhosePagesExpired) {
    const auto client = connect();
    answer(200, R"({"metadata":{"resourceVersion":"5","continue":"next"},)"
                R"("items":[{"metadata":{"name":"old"}}]})");
    answer(410, R"({"kind":"Status","reason":"Expired"})");
    answer(200,
           R"({"metadata":{"resourceVersion":"9"},)"
           R"("items":[{"metadata":{"name":"a","managedFields":[]}},{"metadata":{"name":"b"}}]})");
    const auto list = client->list(jobs, {"vision", "x=y", "", ""});
    ASSERT_TRUE(list) << list.error().message;
    EXPECT_EQ(list->resource_version, "9");
    ASSERT_EQ(list->items.size(), 2u);
    EXPECT_EQ(*list->items[0],
              (Json{{"apiVersion", "batch/v1"}, {"kind", "Job"}, {"metadata", {{"name", "a"}}}}));
    EXPECT_EQ(seen(0).target,
              "/apis/batch/v1/namespaces/vision/jobs?labelSelector=x%3Dy&limit=500");
    EXPECT_EQ(seen(1).target.substr(seen(1).target.find("&continue")), "&continue=next");
    EXPECT_EQ(seen(2).target, "/apis/batch/v1/namespaces/vision/jobs?labelSelector=x%3Dy");
}

TEST_F(ClientTest, KeepsRetryAfterAndHidesNothingButTheBody) {
    const auto client = connect();
    answer(429, "slow down, token=canary", {{"Retry-After", "7"}});
    const auto outcome = client->create(pods, {{"metadata", {{"namespace", "a"}}}});
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().retry_after, std::chrono::seconds(7));
    EXPECT_EQ(outcome.error().message.find("canary"), std::string::npos);
    answer(200, "this is no JSON");
    EXPECT_EQ(client->get(pods, {"a", "b"}).error().code, ErrorCode::Corrupt);
}

TEST_F(ClientTest, ATokenForAnotherAudienceProvesNothing) {
    const auto client = connect();
    answer(201, R"({"status":{"authenticated":true,"user":{"username":"u"}}})");
    EXPECT_EQ(review_token(*client, Secret("t"), "pedigree").error().code, ErrorCode::Unauthorized);
    answer(201,
           R"({"status":{"authenticated":true,"audiences":["pedigree"],"user":{"username":"u",)"
           R"("extra":{"authentication.kubernetes.io/pod-uid":["p1"]}}}})");
    const auto user = review_token(*client, Secret("t"), "pedigree");
    ASSERT_TRUE(user) << user.error().message;
    EXPECT_EQ(user->pod_uid(), "p1");
}

} // namespace
} // namespace pedigree::k8s
