// What the read API gives out of the artifact store, from a real PostgreSQL; the worker, which
// fetches objects, is a double.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "lineage/migrations.h"
#include "net/url.h"
#include "operator/api/read_api.h"
#include "operator/storage/migrations.h"
#include "operator/storage/postgres_history.h"
#include "records/pod/bundle_pages.h"
#include "records/work/object_part.h"
#include "store/epoch.h"
#include "store/migration.h"
#include "tests/fakes/sample.h"
#include "tests/fakes/scratch.h"
#include "tests/integration/postgres/recorded_account.h"
#include "tests/integration/postgres/story.h"
#include "tests/unit/recorder/fakes.h"

namespace pedigree::control {
namespace {

using records::pod::ObservedArtifact;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// A store by key, which gives parts.
struct PartStore final : Worker {
    Result<WorkAnswer> run(const records::work::WorkRequest&, const Json& input,
                           const std::function<void(const records::work::Progress&)>&,
                           std::stop_token) override {
        const std::string key = string_or(input, "key");
        asked.push_back(key);
        const auto found = objects.find(key);
        if (found == objects.end()) {
            return WorkAnswer(
                records::work::WorkFailure{.failure_class = FailureClass::Infrastructure,
                                           .reason = "NotFound",
                                           .message = "no " + key});
        }
        const auto from = static_cast<std::size_t>(integer_or(input, "from"));
        const auto bytes_max = static_cast<std::size_t>(integer_or(input, "bytesMax"));
        largest = std::max(largest, bytes_max);
        const std::string bytes =
            from < found->second.size() ? found->second.substr(from, bytes_max) : "";
        return WorkAnswer(
            records::work::to_json(records::work::FetchObjectOutcome{.bytes = bytes}));
    }
    std::map<std::string, std::string> objects;
    std::vector<std::string> asked;
    std::size_t largest = 0;
};

const std::string own_prefix = "then/namespaces/vision/";
const std::string model_digest = test::digest_of("model");

class ObjectApiTest : public testing::Test {
  protected:
    ObjectApiTest() {
        credentials.write("AWS_ACCESS_KEY_ID", "id");
        credentials.write("AWS_SECRET_ACCESS_KEY", "key");
        const auto migrated = store::migrate(
            database.dsn, {store::migrations(), lineage::migrations(), migrations()});
        EXPECT_TRUE(migrated) << migrated.error().message;
        PostgresHistory state{database.writer, *store::claim_epoch(database.writer, "operator")};
        experiment::Change change{.experiment = experiment()};
        for (const auto& [trial, pod] : {std::pair{1, "pod-a"}, {2, "pod-b"}}) {
            experiment::AttemptRow attempt{
                .trial = trial, .number = 1, .job_name = "job", .pod_uid = pod};
            attempt.store_prefix = own_prefix;
            change.attempts.push_back(attempt);
        }
        EXPECT_TRUE(state.commit("uid-1", change, {}, *parse_instant("2026-01-31T12:00:00Z")));
        story.tell("vision", "uid-1",
                   {{test::ref(test::NodeKind::Model, "model"), test::Relation::GeneratedBy,
                     test::ref(test::NodeKind::Attempt, "pod-a")},
                    {test::ref(test::NodeKind::Model, "model"), test::Relation::GeneratedBy,
                     test::ref(test::NodeKind::Attempt, "pod-b")}});
        story.number_all();
    }
    static experiment::ExperimentRow experiment() {
        experiment::ExperimentRow row;
        row.uid = "uid-1";
        row.name_space = "vision";
        row.name = "mnist-1";
        row.project = "mnist";
        row.spec_json = "{}";
        row.accepted_at = *parse_instant("2026-01-31T12:00:00Z");
        row.best_trial = 2;
        return row;
    }
    static ObservedArtifact model_at(const std::string& location) {
        return {.name = "model",
                .kind = "Model",
                .source = "Output",
                .location = location,
                .digest = model_digest,
                .files = {{"saved_model.pb", test::digest_of("graph"), 5},
                          {"variables/a b+c", test::digest_of("weights"), 7}}};
    }
    static std::string outputs_of(const std::string& pod) {
        return own_prefix + "attempts/" + pod + "/outputs/model/";
    }
    // As when the account of an attempt was fetched and judged.
    void record(const std::string& pod, std::int64_t trial,
                const std::vector<ObservedArtifact>& artifacts,
                experiment::RecordProof proof = experiment::RecordProof::Signed) {
        records::pod::Bundle bundle = sample::bundle(pod);
        bundle.artifacts = artifacts;
        record(pod, trial, bundle, proof);
    }
    void record(const std::string& pod, std::int64_t trial, const records::pod::Bundle& bundle,
                experiment::RecordProof proof) {
        test::record_account(database.writer, {.pod_uid = pod, .trial = trial}, bundle, proof);
    }
    net::Response ask(const std::string& target, const std::string& name_space = "vision") {
        recorder::FakeExchange exchange("GET", "/apis/lineage.pedigree.dev/v1alpha1/namespaces/" +
                                                   name_space + "/objects/" + target);
        exchange.asked.client_common_name = "front-proxy";
        if (const auto mark = target.find('?'); mark != std::string::npos) {
            exchange.asked.query = target.substr(mark + 1);
        }
        api.handle(exchange);
        return exchange.answer;
    }
    Json document_of(const std::string& target) {
        const net::Response answer = ask(target);
        EXPECT_EQ(answer.status, 200) << target << ": " << answer.body;
        return *parse_json(answer.body);
    }
    std::string refusal_of(const std::string& target, int status,
                           const std::string& name_space = "vision") {
        const net::Response answer = ask(target, name_space);
        EXPECT_EQ(answer.status, status) << target << ": " << answer.body;
        return string_or(*parse_json(answer.body), "message");
    }
    static std::string file_query(const std::string& file, const std::string& more = "") {
        return "attempt%3Apod-a?artifact=" + net::percent_encode(model_digest) +
               "&file=" + net::percent_encode(file) + more;
    }

    test::MigratedDatabase database;
    test::Story story{database};
    const spec::Configuration configuration = sample::configuration();
    const Scratch credentials;
    PartStore worker;
    const ReadApi api{{.pool = database.writer,
                       .worker = worker,
                       .configuration = configuration,
                       .credentials = {.artifact_store_directory = credentials.path().string()},
                       .allowed_proxies = [] { return std::vector<std::string>{"front-proxy"}; },
                       .activity_progress = nullptr}};
};

TEST_F(ObjectApiTest, ListsWhatTheBestTrialMade) {
    ObservedArtifact logged = model_at("mlflow-artifacts:/7/run/artifacts/model");
    logged.source = "MLflow";
    record("pod-a", 1, {model_at("s3://pedigree/" + outputs_of("pod-a"))});
    record("pod-b", 2, {logged, model_at("s3://pedigree/" + outputs_of("pod-b"))});
    const Json items = document_of("exp%3Amnist-1")["items"];
    ASSERT_THAT(items, SizeIs(2));
    EXPECT_EQ(items[0]["stored"], false);
    EXPECT_EQ(items[0]["location"], "mlflow-artifacts:/7/run/artifacts/model");
    EXPECT_EQ(items[1], (Json{{"digest", model_digest},
                              {"name", "model"},
                              {"kind", "Model"},
                              {"source", "Output"},
                              {"experiment", "mnist-1"},
                              {"trial", 2},
                              {"attempt", 1},
                              {"podUid", "pod-b"},
                              {"asserted", "Recorder"},
                              {"bytes", 12},
                              {"fileCount", 2},
                              {"location", "s3://pedigree/" + outputs_of("pod-b")},
                              {"stored", true}}));
    EXPECT_EQ(document_of("exp%3Amnist-1?trial=1")["items"][0]["podUid"], "pod-a");
    EXPECT_THAT(worker.asked, IsEmpty()); // all of it stands in the record
}

TEST_F(ObjectApiTest, ADigestIsFoundWhereverTheNamespaceMadeIt) {
    record("pod-a", 1, {model_at("s3://pedigree/" + outputs_of("pod-a"))});
    record("pod-b", 2, {model_at("s3://pedigree/" + outputs_of("pod-b"))});
    EXPECT_THAT(document_of(net::percent_encode(model_digest))["items"], SizeIs(2));
}

TEST_F(ObjectApiTest, AnotherNamespaceIsGivenNothing) {
    record("pod-a", 1, {model_at("s3://pedigree/" + outputs_of("pod-a"))});
    worker.objects[outputs_of("pod-a") + "saved_model.pb"] = "graph";
    for (const std::string& target :
         {std::string("exp%3Amnist-1"), net::percent_encode(model_digest),
          std::string("attempt%3Apod-a"), file_query("saved_model.pb")}) {
        refusal_of(target, 404, "speech");
    }
    EXPECT_THAT(worker.asked, IsEmpty());
    EXPECT_EQ(ask(file_query("saved_model.pb")).body, "graph"); // its own is
}

TEST_F(ObjectApiTest, GivesTheFilesOfAModelAndTheirBytesFromAnyByte) {
    record("pod-a", 1, {model_at("s3://pedigree/" + outputs_of("pod-a"))});
    worker.objects[outputs_of("pod-a") + "variables/a b+c"] = "weights";
    const Json manifest =
        document_of("attempt%3Apod-a?artifact=" + net::percent_encode(model_digest));
    EXPECT_EQ(manifest["object"]["digest"], model_digest);
    EXPECT_EQ(
        manifest["files"][1],
        (Json{{"path", "variables/a b+c"}, {"digest", test::digest_of("weights")}, {"bytes", 7}}));
    EXPECT_EQ(ask(file_query("variables/a b+c")).body, "weights");
    EXPECT_EQ(ask(file_query("variables/a b+c", "&from=3")).body, "ghts");
    EXPECT_EQ(ask(file_query("variables/a b+c", "&from=7")).body, "");
    EXPECT_THAT(refusal_of(file_query("variables/a b+c", "&from=8"), 400), HasSubstr("7 bytes"));
    EXPECT_THAT(refusal_of(file_query("variables/a b+c", "&from=-1"), 400), HasSubstr("from"));
}

TEST_F(ObjectApiTest, ALargeFileGoesOutInParts) {
    const std::string large(10 * 1024 * 1024, 'x');
    ObservedArtifact model = model_at("s3://pedigree/" + outputs_of("pod-a"));
    model.files = {{"large", test::digest_of("large"), static_cast<std::int64_t>(large.size())}};
    record("pod-a", 1, {model});
    worker.objects[outputs_of("pod-a") + "large"] = large + "and what the record does not know";
    std::size_t got = 0;
    for (int parts = 0; got < large.size() && parts < 4; ++parts) {
        const auto part = ask(file_query("large", "&from=" + std::to_string(got))).body;
        EXPECT_LE(part.size(), static_cast<std::size_t>(records::work::object_part_bytes_max));
        got += part.size();
    }
    EXPECT_EQ(got, large.size());
    EXPECT_EQ(worker.largest, static_cast<std::size_t>(records::work::object_part_bytes_max));
}

TEST_F(ObjectApiTest, OnlyFilesOfTheRecordAreGivenOut) {
    ObservedArtifact model = model_at("s3://pedigree/" + outputs_of("pod-a"));
    model.files.push_back({"../../../pod-b/outputs/model/saved_model.pb", test::digest_of("x"), 1});
    record("pod-a", 1, {model});
    worker.objects[outputs_of("pod-a") + "unknown"] = "x";
    EXPECT_THAT(refusal_of(file_query("unknown"), 404), HasSubstr("model has no file unknown"));
    refusal_of(file_query("../bundle.json"), 404);
    refusal_of(file_query("../../../pod-b/outputs/model/saved_model.pb"), 404);
    refusal_of("attempt%3Apod-a?artifact=sha256%3Aaa&file=saved_model.pb", 404);
    EXPECT_THAT(worker.asked, IsEmpty());
}

TEST_F(ObjectApiTest, AnAccountCannotPointAtOthersBytes) {
    const std::string own = "s3://pedigree/" + own_prefix;
    int trial = 0;
    for (const std::string& location :
         {"s3://pedigree/" + outputs_of("pod-b"), "s3://other/" + outputs_of("pod-a"),
          own + "attempts/pod-a/outputs/../../pod-b/outputs/model/",
          own + "attempts/pod-a/outputs/model", own, std::string("mlflow-artifacts:/7/model")}) {
        auto transaction = *database.owner.begin();
        ASSERT_TRUE(transaction.execute("DELETE FROM activity"));
        ASSERT_TRUE(transaction.commit());
        record("pod-a", 1, {model_at(location)});
        EXPECT_EQ(document_of("attempt%3Apod-a")["items"][0]["stored"], false) << location;
        EXPECT_THAT(refusal_of(file_query("saved_model.pb"), 404), HasSubstr(location));
        ++trial;
    }
    EXPECT_EQ(trial, 6);
    EXPECT_THAT(worker.asked, IsEmpty());
}

TEST_F(ObjectApiTest, WhatWasRefusedAsARecordIsNotGivenOut) {
    record("pod-a", 1, {model_at("s3://pedigree/" + outputs_of("pod-a"))},
           experiment::RecordProof::None);
    EXPECT_THAT(refusal_of("attempt%3Apod-a", 404), HasSubstr("has no record of what it made"));
    EXPECT_THAT(refusal_of(net::percent_encode(model_digest), 404), HasSubstr("pedigree find"));
    refusal_of(file_query("saved_model.pb"), 404);
    refusal_of("exp%3Amnist-9", 404);
    EXPECT_THAT(refusal_of("run%3Ar", 400), HasSubstr("exp:NAME, attempt:UID or sha256:HEX"));
}

TEST_F(ObjectApiTest, SaysThatTheBytesAreGoneAndGivesWhatIsLeftOfThem) {
    record("pod-a", 1, {model_at("s3://pedigree/" + outputs_of("pod-a"))});
    EXPECT_THAT(refusal_of(file_query("saved_model.pb"), 404), HasSubstr("are gone"));
    worker.objects[outputs_of("pod-a") + "saved_model.pb"] = "gra";
    EXPECT_EQ(ask(file_query("saved_model.pb")).body, "gra");
    EXPECT_EQ(ask(file_query("saved_model.pb", "&from=3")).body, "");
}

TEST_F(ObjectApiTest, FilesThatStandInPagesAreFoundThere) {
    records::pod::Bundle whole = sample::bundle("pod-a");
    ObservedArtifact model = model_at("s3://pedigree/" + outputs_of("pod-a"));
    for (int i = 0; i < 2000; ++i) {
        model.files.push_back({"shard-" + std::to_string(i), test::digest_of("shard"), 5});
    }
    whole.artifacts = {model};
    const auto kept = records::pod::paged(
        whole,
        [&](std::size_t number, const std::string& bytes) -> Status {
            worker.objects[records::pod::page_key(own_prefix, "pod-a", number)] = bytes;
            return {};
        },
        {.bundle_bytes_max = 32 * 1024, .page_bytes_max = 128 * 1024});
    ASSERT_TRUE(kept) << kept.error().message;
    ASSERT_GT(kept->pages.size(), 1u);
    record("pod-a", 1, *kept, experiment::RecordProof::Signed);
    const Json files =
        document_of("attempt%3Apod-a?artifact=" + net::percent_encode(model_digest))["files"];
    ASSERT_THAT(files, SizeIs(2002));
    const auto last = integer_or(files.back(), "page");
    EXPECT_GT(last, 1);
    worker.objects[outputs_of("pod-a") + "shard-1999"] = "shard";
    worker.asked.clear();
    EXPECT_EQ(ask(file_query("shard-1999", "&page=" + std::to_string(last))).body, "shard");
    EXPECT_THAT(worker.asked, SizeIs(2)); // that page alone, and the file
    worker.objects[records::pod::page_key(own_prefix, "pod-a", 1)] = "{}"; // somebody changed it
    EXPECT_GE(ask(file_query("saved_model.pb", "&page=1")).status, 500);
}

} // namespace
} // namespace pedigree::control
