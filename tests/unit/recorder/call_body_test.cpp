#include "recorder/call_body.h"

#include <cstdlib>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <rapidcheck/gtest.h>

namespace pedigree::recorder {
namespace {

// What MLflow's server makes of a body: Python's json (the last of equal keys wins, NaN is a
// number), then protobuf's ParseDict, which takes a field by its two names, the last one given,
// and passes over what it does not know. Stands for the server's own parser, which
// tests/integration/pod/scripts/spellings.py asks itself.
struct ServerView {
    static Json python(const std::string& text) {
        return Json::parse(text, nullptr, false); // nlohmann's own parser lets the last key win
    }
    static std::string text_of(const Json& object, const char* name, const char* json_name) {
        std::string found;
        for (const auto& [key, value] : object.items()) {
            if ((key == name || key == json_name) && value.is_string()) {
                found = value.get<std::string>();
            }
        }
        return found;
    }
    static std::string run(const Json& object) {
        const std::string now = text_of(object, "run_id", "runId");
        return now.empty() ? text_of(object, "run_uuid", "runUuid") : now;
    }
};

rc::Gen<std::string> key_text() {
    return rc::gen::element<std::string>(
        R"("run_id")", R"("runId")", R"("run_uuid")", R"("runUuid")", R"("RUN_ID")",
        R"("\u0072un_id")", R"("run\u005fid")", R"("runI\u0064")", R"("key")", R"("value")",
        R"("k\u0065y")", R"("[run_id]")", R"("")", R"("run_id ")", R"("metrics")");
}

rc::Gen<std::string> value_text() {
    return rc::gen::element<std::string>(R"("ours")", R"("theirs")", R"("their\u0073")",
                                         R"("pedigree.reason")", R"("\u0070edigree.reason")",
                                         R"("a")", R"("")", "null", "NaN", "-Infinity", "1", "1.5",
                                         "-0", "1e999", R"("NaN")", R"("1")", "true", "[]", "{}",
                                         R"({"run_id":"theirs"})", R"("x\u0000")", "\"\xff\"");
}

rc::Gen<std::string> body_text() {
    return rc::gen::map(rc::gen::container<std::vector<std::pair<std::string, std::string>>>(
                            rc::gen::pair(key_text(), value_text())),
                        [](const std::vector<std::pair<std::string, std::string>>& fields) {
                            std::string text = "{";
                            for (const auto& [key, value] : fields) {
                                text += (text.size() > 1 ? "," : "") + key + ":" + value;
                            }
                            return text + "}";
                        });
}

RC_GTEST_PROP(CallBody, the_server_sees_the_run_and_key_that_were_judged, ()) {
    const std::string text = *body_text();
    const auto read = read_call("runs/set-tag", text);
    if (!read) {
        RC_SUCCEED("refused");
    }
    const Json server = ServerView::python(read->dump());
    RC_ASSERT(ServerView::run(server) == run_of(*read));
    RC_ASSERT(ServerView::text_of(server, "key", "key") == string_or(*read, "key"));
    RC_ASSERT(*read_call("runs/set-tag", read->dump()) == *read);
    // An honest body means the same before and after.
    const Json before = ServerView::python(text);
    RC_ASSERT(!before.is_discarded());
    RC_ASSERT(ServerView::run(before) == run_of(*read));
}

TEST(CallBody, takes_a_field_by_either_name_and_once) {
    std::vector<std::string> left_out;
    const auto read = read_call("runs/log-metric",
                                R"({"runId":"r","key":"a","value":"0.5","timestamp":"12",)"
                                R"("step":3.0,"modelId":null,"datasetName":"d"})",
                                &left_out);
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->dump(), R"({"dataset_name":"d","key":"a","run_id":"r","step":3,)"
                            R"("timestamp":12,"value":0.5})");
    EXPECT_TRUE(left_out.empty());
    const auto twice = read_call("runs/log-metric", R"({"run_id":"r","runId":"r"})");
    EXPECT_NE(twice.error().message.find("given twice"), std::string::npos);
}

TEST(CallBody, what_the_call_does_not_have_is_left_out_and_named) {
    std::vector<std::string> left_out;
    const auto read = read_call(
        "runs/log-batch",
        R"({"run_id":"r","metrics":[{"key":"a","old":"x","new":1},{"key":"b","new":2}],"z":{}})",
        &left_out);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->dump(), R"({"metrics":[{"key":"a"},{"key":"b"}],"run_id":"r"})");
    EXPECT_EQ(left_out, (std::vector<std::string>{"metrics[].new", "metrics[].old", "z"}));
}

TEST(CallBody, values_have_their_fields_type) {
    const auto refused = [](const char* call, const char* body) {
        const auto read = read_call(call, body);
        return read ? std::string() : read.error().message;
    };
    EXPECT_NE(refused("runs/set-tag", R"({"run_id":7})").find("\"run_id\" must be an id"),
              std::string::npos);
    for (const char* body :
         {R"({"run_id":"a/b"})", R"({"run_id":"-a"})", R"({"key":["a"]})", R"({"value":1})",
          R"({"run_id":"r","key":{"a":1}})", "{", "[]", "null", R"("x")"}) {
        EXPECT_NE(refused("runs/set-tag", body), "") << body;
    }
    for (const char* body :
         {R"({"step":1.5})", R"({"step":"1.5"})", R"({"step":9223372036854775808})",
          R"({"value":"nan"})", R"({"value":"1_0"})", R"({"value":" 1"})", R"({"value":"1e999"})",
          R"({"value":true})"}) {
        EXPECT_NE(refused("runs/log-metric", body), "") << body;
    }
    for (const char* body :
         {R"({"step":-9223372036854775808})", R"({"value":"NaN"})", R"({"value":"-Infinity"})",
          R"({"value":1e308})", R"({"value":"-1.5e-7"})", R"({"timestamp":null})"}) {
        EXPECT_EQ(refused("runs/log-metric", body), "") << body;
    }
    EXPECT_EQ(read_call("runs/log-metric", R"({"value":3})")->dump(), R"({"value":3})");
    EXPECT_EQ(read_call("runs/log-metric", R"({"value":"3.50"})")->dump(), R"({"value":3.5})");
    EXPECT_EQ(read_call("runs/create", R"({"experiment_id":12})")->dump(),
              R"({"experiment_id":"12"})");
    EXPECT_EQ(refused("runs/update", R"({"status":"FINISHED"})"), "");
    EXPECT_EQ(refused("runs/update", R"({"status":3})"), "");
    EXPECT_NE(refused("runs/update", ("{\"status\":\"" + std::string(65, 'S') + "\"}").c_str()),
              "");
}

TEST(CallBody, a_second_place_for_an_id_must_agree) {
    EXPECT_TRUE(read_call("runs/log-batch", R"({"run_id":"r","metrics":[{"runId":"r"}]})"));
    EXPECT_FALSE(read_call("runs/log-batch", R"({"run_id":"r","metrics":[{"runId":"x"}]})"));
    EXPECT_TRUE(read_call("logged-models/m-1/tags", R"({"model_id":"m-1","tags":[]})"));
    EXPECT_FALSE(read_call("logged-models/m-1/tags", R"({"modelId":"m-2","tags":[]})"));
    EXPECT_FALSE(read_call("logged-models/m-1", R"({"model_id":"m-2","status":2})"));
}

TEST(CallBody, ids_are_plain) {
    for (const char* good : {"0", "m-0123", "a_b", "0123456789abcdef0123456789abcdef"}) {
        EXPECT_TRUE(is_tracker_id(good)) << good;
    }
    for (const char* bad : {"", "-a", "_a", "a/b", "a.b", "a%2f", "a b", "a\n", "ü", ".."}) {
        EXPECT_FALSE(is_tracker_id(bad)) << bad;
    }
    EXPECT_TRUE(is_tracker_id(std::string(256, 'a')));
    EXPECT_FALSE(is_tracker_id(std::string(257, 'a')));
}

TEST(CallBody, the_models_that_a_call_writes_to) {
    const auto models = [](const char* call, const char* body) {
        return models_written(call, *read_call(call, body));
    };
    EXPECT_EQ(models("runs/log-batch", R"({"metrics":[{"modelId":"m-1"},{"model_id":"m-1"},{}]})"),
              (std::vector<std::string>{"m-1"}));
    EXPECT_EQ(models("runs/outputs", R"({"models":[{"model_id":"m-2"}]})"),
              (std::vector<std::string>{"m-2"}));
    EXPECT_TRUE(models("runs/log-inputs", R"({"models":[{"model_id":"m-3"}]})").empty());
}

} // namespace
} // namespace pedigree::recorder
