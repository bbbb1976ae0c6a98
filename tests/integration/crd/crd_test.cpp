// The real API server's verdict on every document of tests/cases/spec: what the CRD's schema, its
// CEL rules and the ValidatingAdmissionPolicy accept and refuse is what pipeline/spec does. All
// requests but the manifests are dry runs, so a running operator sees nothing of them; updates are
// tried on suspended Experiments in a namespace of the test's own.

#include <chrono>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/cases/spec/read_cases.h"
#include "tests/integration/crd/api_server_test.h"

namespace pedigree {
namespace {

constexpr std::string_view collection = "/apis/pedigree.dev/v1alpha1/namespaces/{}/experiments";

class CrdTest : public ApiServerTest {
  protected:
    void SetUp() override {
        ASSERT_NO_FATAL_FAILURE(ApiServerTest::SetUp());
        apply("/apis/apiextensions.k8s.io/v1/customresourcedefinitions/experiments.pedigree.dev",
              manifest("crd/experiment.yaml"));
        apply_policy("policies/experiment.yaml", "experiments.pedigree.dev");
        make_namespace("crd-test");
    }

    void TearDown() override {
        for (const std::string& name : stored_) { // the operator's finalizer, if one runs
            send("PATCH", experiments() + "/" + name, R"({"metadata":{"finalizers":null}})",
                 "application/merge-patch+json");
            send("DELETE", experiments() + "/" + name);
        }
        ApiServerTest::TearDown();
    }

    std::string experiments() const { return fmt::format(fmt::runtime(collection), name_space_); }

    net::Response send_dry(const std::string& method, const std::string& path,
                           const std::string& body) {
        return send(method, path + "?dryRun=All&fieldValidation=Strict", body);
    }

    void expect_verdict(const cases::SpecCase& example, const net::Response& response) {
        if (example.refusals.empty() || !example.seen_by_server) {
            EXPECT_TRUE(response.ok()) << example.title() << "\n" << response.body;
            return;
        }
        EXPECT_TRUE(response.status == 422 || response.status == 400 || response.status == 403)
            << example.title() << "\n"
            << response.status << " " << response.body;
        const Json status = Json::parse(response.body, nullptr, false);
        const std::string message = status.is_object() ? string_or(status, "message") : "";
        for (const auto& refusal : example.refusals) {
            EXPECT_NE(message.find(refusal.server_message), std::string::npos)
                << example.title() << "\n"
                << message;
            EXPECT_NE(message.find(refusal.server_path), std::string::npos)
                << example.title() << "\n"
                << message;
        }
    }

    // Stores the case's first document, suspended.
    void store(const cases::SpecCase& example) {
        Json document = Json::parse(example.document);
        document["metadata"]["name"] = fmt::format("update-{}", stored_.size());
        document["spec"]["suspend"] = true;
        const auto response = send("POST", experiments(), document.dump());
        EXPECT_EQ(response.status, 201) << example.title() << "\n" << response.body;
        stored_.push_back(document["metadata"]["name"]);
    }

    // A dry update of what was stored last; again if an operator's write came in between.
    net::Response send_update(Json updated) {
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(15);
        const std::string path = experiments() + "/" + stored_.back();
        net::Response response;
        while (std::chrono::steady_clock::now() < end) {
            const Json stored = Json::parse(send("GET", path).body, nullptr, false);
            updated["metadata"] = at_path(stored, {"metadata"});
            response = send_dry("PUT", path, updated.dump());
            if (response.status != 409) {
                break;
            }
        }
        return response;
    }

    std::vector<std::string> stored_;
};

TEST_F(CrdTest, ServerAndParserAgree) {
    for (const auto& example : cases::read_spec_cases()) {
        if (example.updated.empty()) {
            expect_verdict(example, send_dry("POST", experiments(), example.document));
        }
    }
}

TEST_F(CrdTest, ServerAndParserAgreeOnUpdates) {
    for (const auto& example : cases::read_spec_cases()) {
        if (example.updated.empty()) {
            continue;
        }
        store(example);
        expect_verdict(example, send_update(Json::parse(example.updated)));
    }
}

// Who asked can only be oneself, and stays.
TEST_F(CrdTest, RequestedByIsOnesOwnName) {
    Json document = cases::minimal_experiment();
    document["metadata"]["annotations"]["pedigree.dev/requested-by"] = "somebody-else";
    const auto foreign = send_dry("POST", experiments(), document.dump());
    EXPECT_EQ(foreign.status, 403) << foreign.body;
    EXPECT_NE(foreign.body.find("(E0172)"), std::string::npos) << foreign.body;

    const auto self = send("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", "{}");
    const Json me = at_path(Json::parse(self.body), {"status", "userInfo", "username"});
    document["metadata"]["annotations"]["pedigree.dev/requested-by"] = me;
    const auto own = send_dry("POST", experiments(), document.dump());
    EXPECT_EQ(own.status, 201) << own.body;

    document["metadata"]["name"] = "asked";
    document["spec"]["suspend"] = true;
    ASSERT_EQ(send("POST", experiments(), document.dump()).status, 201);
    stored_.push_back("asked");
    for (const Json& changed : {Json("somebody-else"), Json()}) { // another name, none
        const Json patch{{"metadata", {{"annotations", {{"pedigree.dev/requested-by", changed}}}}}};
        const auto refused = send("PATCH", experiments() + "/asked?dryRun=All", patch.dump(),
                                  "application/merge-patch+json");
        EXPECT_EQ(refused.status, 403) << refused.body;
        EXPECT_NE(refused.body.find("(E0173)"), std::string::npos) << refused.body;
    }
}

} // namespace
} // namespace pedigree
