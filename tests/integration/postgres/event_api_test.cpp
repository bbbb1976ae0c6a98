// What recorders are told and what is taken from them, with a real PostgreSQL; the API server's
// review of tokens is a double: the token is the uid of the pod that it belongs to.
#include "operator/api/event_api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "operator/storage/record_keys.h"
#include "records/pod/signature.h"
#include "tests/fakes/fake_clock.h"
#include "tests/integration/postgres/operator_state.h"
#include "tests/unit/recorder/fakes.h"

namespace pedigree::control {
namespace {

using experiment::AttemptRow;
using experiment::AttemptStage;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string claim(64, 'a');
const std::string other_claim(64, 'b');

struct ReviewDouble final : k8s::Api {
    Result<Json> create(const k8s::ResourceType&, const Json& review) override {
        return Json{
            {"status",
             {{"authenticated", true},
              {"audiences", {token_audience}},
              {"user",
               {{"username", "system:serviceaccount:vision:default"},
                {"extra",
                 {{"authentication.kubernetes.io/pod-uid", {review["spec"]["token"]}}}}}}}}};
    }
    Result<Json> get(const k8s::ResourceType&, const k8s::ObjectKey&) override { return none(); }
    Result<k8s::ObjectList> list(const k8s::ResourceType&, const k8s::ListOptions&) override {
        return none();
    }
    Result<Json> replace(const k8s::ResourceType&, const Json&) override { return none(); }
    Result<Json> patch(const k8s::ResourceType&, const k8s::ObjectKey&, k8s::PatchKind, const Json&,
                       const k8s::PatchOptions&) override {
        return none();
    }
    Status remove(const k8s::ResourceType&, const k8s::ObjectKey&,
                  const k8s::DeleteOptions&) override {
        return none();
    }
    Status watch(const k8s::ResourceType&, const k8s::WatchOptions&, const k8s::ByteSink&,
                 std::stop_token) override {
        return none();
    }
    Status pod_log(const k8s::ObjectKey&, const k8s::LogOptions&, const k8s::ByteSink&,
                   std::stop_token) override {
        return none();
    }
    static tl::unexpected<Error> none() { return failure(ErrorCode::NotFound, "a double"); }
};

class EventApiTest : public OperatorStateTest {
  protected:
    EventApiTest() {
        experiment::ExperimentRow row;
        row.uid = "uid";
        row.accepted_at = clock.now();
        EXPECT_TRUE(state.commit("uid", {.experiment = row}, {}, clock.now()));
        put(AttemptStage::Started);
    }
    void put(AttemptStage stage) {
        const AttemptRow row{.stage = stage, .job_name = "job", .pod_uid = "pod"};
        EXPECT_TRUE(state.commit("uid", {.attempts = {row}}, {}, clock.now()));
    }
    net::Response ask(const std::string& path, const Json& body, const std::string& token = "pod",
                      const std::string& signature = "") {
        recorder::FakeExchange exchange("POST", path, body.dump());
        exchange.asked.headers.set("Authorization", "Bearer " + token);
        exchange.asked.headers.set(records::pod::signature_header, signature);
        api.handle(exchange);
        return exchange.answer;
    }
    net::Response ask_key(const std::string& with_claim, const std::string& token = "pod",
                          const std::string& pod_uid = "pod") {
        return ask(records::pod::key_path, {{"podUid", pod_uid}, {"claim", with_claim}}, token);
    }
    static std::string key_in(const net::Response& answer) {
        return string_or(*parse_json(answer.body), "key");
    }
    std::map<std::string, experiment::RecordKey> keys_to_prove() {
        return state.load("uid")->record_keys;
    }

    FakeClock clock;
    ReviewDouble reviews;
    const EventApi api{{.api = reviews, .pool = database.writer, .clock = clock}};
};

TEST_F(EventApiTest, GivesAKeyOnceAndTheSameToTheSameClaim) {
    const net::Response first = ask_key(claim);
    ASSERT_EQ(first.status, 200) << first.body;
    EXPECT_EQ(key_in(first).size(), 64u);
    EXPECT_EQ(key_in(ask_key(claim)), key_in(first)); // its answer was lost
    put(AttemptStage::Ended);
    const auto keys = keys_to_prove();
    ASSERT_TRUE(keys.contains("pod"));
    EXPECT_EQ(keys.at("pod").key.reveal(), key_in(first));
    EXPECT_FALSE(keys.at("pod").contested);
}

TEST_F(EventApiTest, GivesNoneToASecondClaimAndBelievesNobodyFromThenOn) {
    const std::string key = key_in(ask_key(claim));
    const net::Response second = ask_key(other_claim);
    EXPECT_EQ(second.status, 409);
    EXPECT_THAT(second.body, testing::Not(HasSubstr(key)));
    put(AttemptStage::Ended);
    EXPECT_TRUE(keys_to_prove().at("pod").contested);
}

TEST_F(EventApiTest, GivesAKeyToTheAttemptsOwnPodWhileItRuns) {
    EXPECT_EQ(ask_key(claim, "elsewhere").status, 403);
    EXPECT_EQ(ask_key(claim, "elsewhere", "elsewhere").status, 404);
    EXPECT_EQ(ask_key("short").status, 400);
    put(AttemptStage::Ended);
    EXPECT_EQ(ask_key(claim).status, 404);
}

TEST_F(EventApiTest, ForgetsTheKeyWithTheRecord) {
    ASSERT_EQ(ask_key(claim).status, 200);
    put(AttemptStage::Ended);
    put(AttemptStage::Told);
    auto transaction = *database.writer.begin();
    EXPECT_THAT(*select_record_keys(transaction, {"pod"}), IsEmpty());
}

TEST_F(EventApiTest, TakesNewsThatAreSignedAlone) {
    const Json news{
        {"podUid", "pod"},
        {"events",
         {{{"kind", "Objective"}, {"runId", ""}, {"time", "t"}, {"points", {{1, "0.5"}}}}}}};
    const auto tell = [&](const std::string& key) {
        return ask(records::pod::events_path, news, "pod",
                   records::pod::signature_of(Secret(key), records::pod::SignedText::News,
                                              news.dump()))
            .status;
    };
    EXPECT_EQ(tell(claim), 403); // no key yet
    const std::string key = key_in(ask_key(claim));
    EXPECT_EQ(tell(claim), 403);
    EXPECT_EQ(ask(records::pod::events_path, news).status, 403);
    EXPECT_THAT(state.objective_points({"pod"})->at("pod"), IsEmpty());
    EXPECT_EQ(tell(key), 202);
    EXPECT_EQ(state.objective_points({"pod"})->at("pod").size(), 1u);
    (void)ask_key(other_claim);
    EXPECT_EQ(tell(key), 403); // who has it is not known any more
}

TEST_F(EventApiTest, KeysStandWhereNoReaderOfTheRecordsLooks) {
    auto transaction = *database.owner.begin();
    for (const char* role : {"pedigree_api", "pedigree_reader", "pedigree_sequencer"}) {
        const auto rows = transaction.query(
            "SELECT has_table_privilege($1, 'pedigree.record_key', 'SELECT')", {role});
        ASSERT_TRUE(rows) << rows.error().message;
        EXPECT_FALSE(*rows->value<bool>()) << role;
    }
}

} // namespace
} // namespace pedigree::control
