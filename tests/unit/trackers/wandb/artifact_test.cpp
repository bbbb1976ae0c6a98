#include <gtest/gtest.h>

#include "tests/unit/trackers/wandb/calls.h"

namespace pedigree::trackers::wandb {
namespace {

class Artifacts : public testing::Test {
  protected:
    Endpoint endpoint{Settings{.base_url = "http://h/wandb"}};
    wandb::Run& run = start_run(endpoint);

    // As 0.15.12 has it; `nested` as 0.31 does.
    Json create(const std::string& digest, bool nested = false, const std::string& client = "c1") {
        Json variables{
            {"projectName", "p"},       {"entityName", "e"},
            {"runName", "r"},           {"artifactTypeName", "model"},
            {"digest", digest},         {"clientID", client},
            {"metadata", R"({"k":1})"}, {"aliases", Json::array({Json{{"alias", "best"}}})}};
        if (nested) {
            variables["artifactCollectionName"] = "net";
            variables = Json{{"input", variables}};
        } else {
            variables["artifactCollectionNames"] = Json::array({"net"});
        }
        return ask(endpoint, "mutation CreateArtifact",
                   variables)["data"]["createArtifact"]["artifact"];
    }

    void log(const std::string& id) {
        const Json files = ask(
            endpoint, "mutation CreateArtifactFiles",
            {{"artifactFiles", {{{"artifactID", id}, {"name", "w/model.bin"}, {"md5", "bQ=="}}}}});
        const std::string url =
            files["data"]["createArtifactFiles"]["files"]["edges"][0]["node"]["uploadUrl"];
        const auto upload =
            endpoint.upload("PUT", url.substr(std::string("http://h/wandb").size()));
        ASSERT_TRUE(upload);
        endpoint.uploaded(*upload, 7, sha256("weights"));
        const Json manifest =
            ask(endpoint, "mutation CreateArtifactManifest",
                {{"artifactID", id}, {"digest", "bWQ1"}, {"includeUpload", true}});
        const std::string to =
            manifest["data"]["createArtifactManifest"]["artifactManifest"]["file"]["uploadUrl"];
        EXPECT_EQ(to, "http://h/wandb/upload/manifest/1");
        endpoint.uploaded(*endpoint.upload("PUT", "/upload/manifest/1"), 2, sha256("{}"));
        ask(endpoint, "mutation CommitArtifact", {{"artifactID", id}});
    }
};

TEST_F(Artifacts, ArriveWithDigests) {
    for (const bool nested : {false, true}) {
        EXPECT_EQ(create(nested ? "d2" : "d1", nested)["state"], "PENDING");
    }
    const std::string id = run.artifacts[0]->id;
    log(id);
    const Artifact& artifact = *run.artifacts[0];
    EXPECT_EQ(artifact.name, "net");
    EXPECT_EQ(artifact.type, "model");
    EXPECT_TRUE(artifact.committed);
    EXPECT_EQ(artifact.aliases, (std::vector<std::string>{"best"}));
    EXPECT_EQ(artifact.files.at("w/model.bin").sha256, sha256("weights"));
    EXPECT_EQ(artifact.files.at("w/model.bin").md5, "bQ==");
    EXPECT_EQ(artifact.manifest.sha256, sha256("{}"));
    EXPECT_EQ(run.artifacts[1]->version, 1);
    EXPECT_EQ(run.artifacts[1]->name, "net");
}

TEST_F(Artifacts, WithKnownContentAreNotSentAgain) {
    const Json first = create("d1");
    EXPECT_EQ(create("d1", true, "c2")["state"], "PENDING"); // the first is not complete yet
    log(first["id"]);
    const Json again = create("d1", true, "c3");
    EXPECT_EQ(again["state"], "COMMITTED");
    EXPECT_EQ(again["id"], first["id"]);
    EXPECT_EQ(ask(endpoint, "query ClientIDMapping",
                  {{"clientID", "c3"}})["data"]["clientIDMapping"]["serverID"],
              first["id"]);
}

TEST_F(Artifacts, AreFoundByWhatTheSdkAsks) {
    const std::string id = create("d1")["id"];
    log(id);
    const Json type = ask(endpoint, "query ArtifactType", {{"name", "net:latest"}});
    EXPECT_EQ(type["data"]["project"]["artifact"]["artifactType"]["name"], "model");
    EXPECT_EQ(
        ask(endpoint, "query ArtifactType", {{"name", "other"}})["data"]["project"]["artifact"],
        nullptr);
    const Json found = ask(endpoint, "query ArtifactByID", {{"id", id}})["data"]["artifact"];
    EXPECT_EQ(found["state"], "COMMITTED");
    EXPECT_EQ(found["size"], 7);
    EXPECT_EQ(found["aliases"].back()["alias"], "v0");
    EXPECT_EQ(found["currentManifest"]["file"]["directUrl"], "http://h/wandb/artifact/1/manifest");
    const Reply manifest = endpoint.answer({"GET", "/artifact/1/manifest", "", {}});
    EXPECT_EQ((*parse_json(manifest.body))["contents"]["w/model.bin"]["digest"], "bQ==");
    EXPECT_EQ(endpoint.answer({"GET", "/artifact/2/manifest", "", {}}).status, 404);
    EXPECT_EQ(ask(endpoint, "query ArtifactByID", {{"id", "x"}})["data"]["artifact"], nullptr);
}

TEST_F(Artifacts, AreLinkedWithoutEndingTheScript) {
    const std::string id = create("d1")["id"];
    const Json linked =
        ask(endpoint, "mutation LinkArtifact",
            {{"artifactPortfolioName", "registry"}, {"clientId", "c1"}, {"artifactId", nullptr}});
    EXPECT_EQ(linked["data"]["linkArtifact"]["versionIndex"], 0);
    EXPECT_EQ(run.links, (std::vector<std::string>{"registry"}));
    EXPECT_TRUE(ask(endpoint, "mutation UseArtifact", {{"artifactID", "x"}}).contains("errors"));
    EXPECT_EQ(ask(endpoint, "mutation UseArtifact",
                  {{"artifactID", id}})["data"]["useArtifact"]["artifact"]["id"],
              id);
}

TEST_F(Artifacts, OfARunThatIsNotKeptAreTakenAndDropped) {
    const Json artifact =
        ask(endpoint, "mutation CreateArtifact",
            {{"projectName", "p"},
             {"runName", "unknown"},
             {"digest", "d"},
             {"artifactCollectionName", "net"}})["data"]["createArtifact"]["artifact"];
    const std::string id = artifact["id"];
    const Json files = ask(endpoint, "mutation CreateArtifactFiles",
                           {{"artifactFiles", {{{"artifactID", id}, {"name", "x"}}}}});
    EXPECT_EQ(files["data"]["createArtifactFiles"]["files"]["edges"][0]["node"]["uploadUrl"],
              "http://h/wandb/upload/none");
    EXPECT_TRUE(ask(endpoint, "mutation CommitArtifact", {{"artifactID", id}})["data"].is_object());
}

} // namespace
} // namespace pedigree::trackers::wandb
