#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "records/work/object_part.h"
#include "records/work/work.h"

namespace pedigree::records::work {
namespace {

BuildImageInput full_build_input() {
    BuildImageInput input;
    input.git.url = "https://git.example.com/vision/mnist.git";
    input.git.commit = std::string(40, 'a');
    input.git.credential = BasicCredential{"oauth2", Secret("token-1")};
    input.git.ca_pem = "-----BEGIN CERTIFICATE-----\n";
    input.git.submodules = true;
    input.git.secret_hosts = "git.example.com, other.example.com:8443";
    input.tree = std::string(40, 'b');
    input.lock_file = "requirements.lock";
    input.base = "registry.example.com/tf@sha256:" + std::string(64, '0');
    input.pull_config = Secret("{}");
    input.plain_http_hosts = {"registry.example.com"};
    input.push = {"registry.example.com:5000", "pedigree/vision",
                  BasicCredential{"push", Secret("p")}, true};
    input.index_url = "https://index.example.com/simple/";
    input.known_layers["code:x"] = {"sha256:1", "sha256:2", 77, "sha256:3"};
    input.base_inventory = "{\"python\":\"3.11\"}";
    input.as_is = true;
    input.layer_form = "Estargz";
    return input;
}

TEST(WorkCodec, BuildImageInputSurvivesTheWire) {
    const BuildImageInput input = full_build_input();
    const auto back = build_image_input_from(to_json(input));
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(to_json(*back), to_json(input));
    EXPECT_EQ(back->git.credential->password.reveal(), "token-1");
    EXPECT_TRUE(back->git.submodules);
    EXPECT_EQ(back->git.secret_hosts, input.git.secret_hosts);
    EXPECT_EQ(back->known_layers.at("code:x").bytes, 77);
    EXPECT_EQ(back->known_layers.at("code:x").toc_digest, "sha256:3");
    EXPECT_EQ(back->layer_form, "Estargz");
    EXPECT_EQ(back->push.host, "registry.example.com:5000");
    EXPECT_TRUE(back->push.plain_http);
    EXPECT_TRUE(back->as_is);
    EXPECT_EQ(*back->base_inventory, "{\"python\":\"3.11\"}");
}

TEST(WorkCodec, AbsentOptionalFieldsStayEmpty) {
    const auto back = build_image_input_from(to_json(BuildImageInput{}));
    ASSERT_TRUE(back);
    EXPECT_FALSE(back->pull_config);
    EXPECT_FALSE(back->base_inventory);
    EXPECT_FALSE(back->git.credential);
    EXPECT_EQ(back->git.subdirectory, ".");
    EXPECT_FALSE(back->git.submodules);
}

TEST(WorkCodec, AFieldOfAnotherTypeIsNamedByItsPath) {
    Json document = to_json(full_build_input());
    document["git"]["url"] = 7;
    const auto back = build_image_input_from(document);
    ASSERT_FALSE(back);
    EXPECT_EQ(back.error().message, "git.url: a string is expected");

    Json wrong_list = to_json(full_build_input());
    wrong_list["plainHttpHosts"] = {"a", 1};
    EXPECT_EQ(build_image_input_from(wrong_list).error().message,
              "plainHttpHosts[1]: a string is expected");
}

TEST(WorkCodec, ObjectsOfAnyBytesSurviveTheWire) {
    std::string bytes;
    for (int i = 0; i < 256; ++i) {
        bytes += static_cast<char>(i);
    }
    const auto back = fetch_object_outcome_from(to_json(FetchObjectOutcome{bytes}));
    ASSERT_TRUE(back);
    EXPECT_EQ(back->bytes, bytes);
    PutObjectInput input;
    input.place.key = "operator/ledger.json";
    input.place.secret_access_key = Secret("key");
    input.bytes = bytes;
    const auto put = put_object_input_from(to_json(input));
    ASSERT_TRUE(put) << put.error().message;
    EXPECT_EQ(put->bytes, bytes);
    EXPECT_EQ(to_json(put->place), to_json(input.place));
}

TEST(WorkCodec, APartOfAnObjectIsAFetchThatSaysWhereItBegins) {
    FetchPartInput input;
    input.object.key = "attempts/uid/outputs/model/weights";
    input.object.secret_access_key = Secret("key");
    input.object.bytes_max = 7;
    input.from = 0;
    const Json document = to_json(input);
    EXPECT_TRUE(is_part(document));
    EXPECT_FALSE(is_part(to_json(input.object)));
    const auto back = fetch_part_input_from(document);
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(to_json(*back), document);
    for (const char* field : {"from", "bytesMax"}) {
        Json negative = document;
        negative[field] = -1;
        EXPECT_FALSE(fetch_part_input_from(negative)) << field;
    }
}

TEST(WorkCodec, TrackerOutcomesSurviveTheWire) {
    CloseTrackerOutcome outcome;
    outcome.runs.push_back({"r1",
                            "7",
                            "p1",
                            "run",
                            "FINISHED",
                            "mlflow-artifacts:/7/r1",
                            {{"loss", MetricValue(0.25)}},
                            {"m-1", "m-2"}});
    outcome.repaired = 2;
    const auto back = close_tracker_outcome_from(to_json(outcome));
    ASSERT_TRUE(back);
    EXPECT_EQ(to_json(*back), to_json(outcome));
    EXPECT_EQ(back->runs.at(0).logged_models.at(1), "m-2");
}

TEST(WorkFrames, RequestsCarryKindEgressAndInput) {
    WorkRequest request{WorkKind::BuildImage, "id-1", 60, {{"10.88.0.1/32"}, {"10.96.0.0/12"}}};
    const std::string line = encode_request(request, to_json(full_build_input()));
    ASSERT_EQ(line.back(), '\n');
    ASSERT_EQ(line.find('\n'), line.size() - 1);
    const auto frame = parse_json(line);
    ASSERT_TRUE(frame);
    const auto back = request_from(*frame);
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(back->kind, WorkKind::BuildImage);
    EXPECT_EQ(back->deadline_seconds, 60);
    EXPECT_EQ(back->egress.refused_networks.at(0), "10.96.0.0/12");
    EXPECT_TRUE(build_image_input_from(at_path(*frame, {"input"})));
}

TEST(WorkProgress, SaysWhichPieceOfHowManyIsBeingDone) {
    EXPECT_EQ(sentence({"Wheels", "Fetching wheel numpy 1.24.3", 12, 63}),
              "Fetching wheel numpy 1.24.3 (13 of 63)");
    EXPECT_EQ(sentence({"Push", "Pushing", 3, 3}), "Pushing (3 of 3)");
    EXPECT_EQ(sentence({"Source", "Fetching commit abc", 0, 0}), "Fetching commit abc");
}

TEST(WorkFrames, AnswersAreProgressOutcomeOrFailure) {
    const auto progress = decode_answer(encode_progress({"Wheels", "numpy", 3, 10}));
    ASSERT_TRUE(progress && progress->progress);
    EXPECT_EQ(progress->progress->done, 3);

    const auto problem =
        decode_answer(encode_failure({FailureClass::Configuration, "RefNotFound", "no main"}));
    ASSERT_TRUE(problem && problem->failure);
    EXPECT_EQ(problem->failure->reason, "RefNotFound");

    const auto outcome = decode_answer(encode_outcome(to_json(FetchObjectOutcome{"abc"})));
    ASSERT_TRUE(outcome && outcome->outcome);
    EXPECT_EQ(fetch_object_outcome_from(*parse_json(*outcome->outcome))->bytes, "abc");

    EXPECT_FALSE(decode_answer("{}"));
    EXPECT_FALSE(decode_answer("{\"kind\":"));
    EXPECT_FALSE(request_from(Json{{"kind", "Mine"}}));
}

} // namespace
} // namespace pedigree::records::work
