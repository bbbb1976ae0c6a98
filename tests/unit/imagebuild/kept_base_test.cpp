// A base that its registry has lost is read from where earlier builds kept it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/imagebuild/image_world.h"

namespace pedigree::imagebuild {
namespace {

using testing::AnyOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr const char* docker_type = "application/vnd.docker.distribution.manifest.v2+json";
constexpr const char* docker_list = "application/vnd.docker.distribution.manifest.list.v2+json";

class KeptBase : public testing::Test {
  protected:
    // Puts another manifest than the world's own in its place.
    Digest serve(const Json& document) {
        const std::string bytes = document.dump(1); // no form of ours
        world_.http.manifests["base/tf"][sha256(bytes).text()] = {string_or(document, "mediaType"),
                                                                  bytes};
        return world_.base = sha256(bytes);
    }
    Json manifest() { return Json::parse(kept("base/tf", world_.base.text()).bytes); }
    Digest serve_docker() {
        Json document = manifest();
        document["mediaType"] = docker_type;
        return serve(document);
    }
    Digest serve_index() {
        const Json platform{{"os", "linux"}, {"architecture", "amd64"}};
        const Json other{{"os", "linux"}, {"architecture", "arm64"}};
        return serve(
            {{"schemaVersion", 2},
             {"mediaType", docker_list},
             {"manifests",
              {{{"digest", sha256("not here").text()}, {"size", 8}, {"platform", other}},
               {{"digest", serve_docker().text()}, {"size", 1}, {"platform", platform}}}}});
    }
    MemoryRegistry::Document kept(const std::string& repository, const std::string& reference) {
        return world_.http.manifests[repository][reference];
    }
    void lose_the_base() {
        world_.http.manifests.erase("base/tf");
        world_.http.blobs.erase("base/tf");
    }
    void change_code(const std::string& text) { world_.code[0].text = text; }
    BuildResult build() { return build(world_.request()); }
    BuildResult build(const BuildRequest& request) {
        const auto built = world_.build(request);
        EXPECT_TRUE(built) << built.error().message;
        return built ? *built : BuildResult();
    }
    ImageWorld world_;
};

TEST_F(KeptBase, StandsUnderItsDigestByteForByte) {
    const Digest digest = serve_docker();
    const std::string bytes = kept("base/tf", digest.text()).bytes;
    build();
    for (const std::string& reference : {digest.text(), "base-" + digest.hex().substr(0, 20)}) {
        EXPECT_EQ(kept(ImageWorld::repository, reference).bytes, bytes);
        EXPECT_EQ(kept(ImageWorld::repository, reference).type, docker_type);
    }
}

TEST_F(KeptBase, IsReadWhenItsRegistryHasLostIt) {
    const BuildResult first = build();
    EXPECT_THAT(first.warnings, ElementsAre());
    lose_the_base();
    change_code("print('other')\n");
    const BuildResult second = build();
    EXPECT_EQ(second.base, first.base);
    EXPECT_NE(second.image, first.image);
    EXPECT_THAT(second.warnings,
                ElementsAre(HasSubstr("was read from registry.example.com/built/team")));
}

TEST_F(KeptBase, OfAnIndexIsFoundByTheIndex) {
    const Digest index = serve_index();
    const BuildResult first = build();
    EXPECT_EQ(first.base_index_digest, index.text());
    EXPECT_NE(first.base, index);
    lose_the_base();
    change_code("print('other')\n");
    const BuildResult second = build();
    EXPECT_EQ(second.base_index_digest, index.text());
    EXPECT_EQ(second.base, first.base);
}

TEST_F(KeptBase, CostsAKnownOneNothing) {
    const BuildResult first = build();
    BuildRequest next = world_.request();
    next.known_inventory = first.inventory;
    next.known_layers = first.layers;
    change_code("print('other')\n");
    next.code = world_.request().code;
    next.source.tree = std::string(40, '1');
    world_.http.calls.clear();
    build(next);
    for (const std::string& call : world_.http.calls) {
        EXPECT_THAT(call, Not(HasSubstr("manifests/base-")));
        EXPECT_THAT(call, Not(HasSubstr("/base/tf/")));
    }
}

TEST_F(KeptBase, IsReadWhenItsRegistryIsAway) {
    build();
    change_code("print('other')\n");
    world_.http.statuses["GET https://registry.example.com/v2/base/tf/"] = 503;
    EXPECT_THAT(build().warnings, ElementsAre(HasSubstr("was read from")));
}

// Who may not read the base, gets none of it from here.
TEST_F(KeptBase, IsNotReadWhereTheLoginIsRefused) {
    build();
    for (const int refused : {401, 403}) {
        world_.http.statuses["GET https://registry.example.com/v2/base/tf/"] = refused;
        EXPECT_THAT(world_.build().error().reason, AnyOf("AuthenticationFailed", "RegistryDenied"));
    }
}

TEST_F(KeptBase, IsKeptAgainWhenItIsReadAgain) {
    build();
    world_.http.manifests.erase(ImageWorld::repository);
    build(); // all layers are there
    EXPECT_NE(kept(ImageWorld::repository, world_.base.text()).bytes, "");
}

TEST_F(KeptBase, IsKeptWhereItsLayersAreNew) {
    BuildRequest next = world_.request();
    next.known_inventory = build().inventory; // from another namespace, say
    world_.http.manifests.erase(ImageWorld::repository);
    world_.http.blobs.erase(ImageWorld::repository);
    build(next);
    EXPECT_NE(kept(ImageWorld::repository, world_.base.text()).bytes, "");
}

TEST_F(KeptBase, ThatTheRegistryRefusesIsWarnedOfAndALostAnswerIsNot) {
    const std::string put = "PUT https://registry.example.com/v2/built/team/manifests/base-";
    world_.http.statuses[put] = 400;
    EXPECT_THAT(build().warnings, ElementsAre(HasSubstr("is not kept beside its images")));
    world_.http.statuses[put] = 503;
    change_code("print('other')\n");
    const auto again = world_.build();
    EXPECT_TRUE(!again && again.error().retryable());
}

TEST_F(KeptBase, ThatIsNowhereIsNotFound) {
    lose_the_base();
    EXPECT_EQ(world_.build().error().reason, "ImageNotFound");
}

TEST_F(KeptBase, AndLayersThatWereCollectedComeAgain) {
    const BuildResult first = build();
    BuildRequest next = world_.request();
    next.known_inventory = first.inventory;
    next.known_layers = first.layers;
    world_.http.manifests.erase(ImageWorld::repository);
    world_.http.collected = first.layers.begin()->second.digest.text();
    EXPECT_EQ(build(next).image, first.image);
    EXPECT_TRUE(world_.http.blobs[ImageWorld::repository].contains(
        first.layers.begin()->second.digest.text()));
}

} // namespace
} // namespace pedigree::imagebuild
