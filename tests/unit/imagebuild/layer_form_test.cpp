// Images whose layers are eStargz: what their manifest says, and that the two forms never take each
// other's place. The other form's digests stand in determinism_test.
#include <gmock/gmock.h>

#include "imagebuild/attest/provenance.h"
#include "imagebuild/image_plan.h"
#include "imagebuild/registry/referrers.h"
#include "tests/unit/imagebuild/image_world.h"

namespace pedigree::imagebuild {
namespace {

using testing::Contains;
using testing::HasSubstr;

class EstargzImage : public testing::Test {
  protected:
    EstargzImage() : plain_(*world_.build()), estargz_(*world_.build(request())) {}

    BuildRequest request() const {
        BuildRequest request = world_.request();
        request.layer_form = LayerForm::Estargz;
        return request;
    }
    std::string manifest(const BuildResult& image) {
        return world_.http.manifests[ImageWorld::repository].at(image.image.text()).bytes;
    }
    static BuildRequest knowing(BuildRequest request, const BuildResult& earlier) {
        request.known_layers = earlier.layers;
        request.known_inventory = earlier.inventory;
        request.known_wheels = earlier.wheel_plan;
        return request;
    }

    ImageWorld world_;
    const BuildResult plain_, estargz_;
};

TEST_F(EstargzImage, HasTheGoldenDigest) {
    EXPECT_EQ(estargz_.image.text(),
              "sha256:f15c164eb90feb3515cf8da6c23960ad8a9962b50d7d1b93790f254de1b9b218");
    EXPECT_EQ(ImageWorld().build(request())->image, estargz_.image);
}

TEST_F(EstargzImage, SaysOfEachLayerOfOursWhereItsTableIs) {
    const Json made = *parse_json(manifest(estargz_));
    EXPECT_EQ(at_path(made, {"annotations", "dev.pedigree.layer-format"}), "1-estargz");
    const Json& layers = made["layers"];
    ASSERT_EQ(layers.size(), 1 + estargz_.layers.size());
    EXPECT_FALSE(layers[0].contains("annotations")); // the base's
    for (const auto& [key, layer] : estargz_.layers) {
        const Json annotations{
            {"containerd.io/snapshot/stargz/toc.digest", layer.toc_digest.value().text()}};
        EXPECT_THAT(layers, Contains(Json{{"mediaType", layers[1]["mediaType"]},
                                          {"digest", layer.digest.text()},
                                          {"size", layer.bytes},
                                          {"annotations", annotations}}))
            << key;
    }
    EXPECT_EQ(manifest(plain_).find("stargz"), std::string::npos);
}

TEST_F(EstargzImage, OfKnownLayersIsTheSame) {
    std::filesystem::remove_all(world_.cache.path() / "wheels");
    world_.http.calls.clear();
    const auto again = world_.build(knowing(request(), estargz_));
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(again->image, estargz_.image);
    EXPECT_EQ(again->layers, estargz_.layers);
    EXPECT_THAT(world_.http.calls, Not(Contains(HasSubstr("index.example.com"))));
}

TEST_F(EstargzImage, TakesNoLayerAndNoPlanOfTheOtherForm) {
    for (const auto& [key, layer] : plain_.layers) {
        EXPECT_FALSE(estargz_.layers.contains(key)) << key;
    }
    BuildRequest crossed = knowing(request(), plain_);
    crossed.known_layers.insert(estargz_.layers.begin(), estargz_.layers.end());
    EXPECT_EQ(world_.build(crossed)->image, estargz_.image);
    crossed.layer_form = LayerForm::Gzip;
    crossed.known_wheels = estargz_.wheel_plan;
    EXPECT_EQ(world_.build(crossed)->image, plain_.image);
    const auto& tags = world_.http.manifests[ImageWorld::repository];
    EXPECT_EQ(std::count_if(tags.begin(), tags.end(),
                            [](const auto& tag) { return tag.first.starts_with("inputs-"); }),
              2);
}

TEST_F(EstargzImage, IsBuiltAgainFromItsProvenance) {
    RegistryClient registry = world_.target();
    const auto text = read_artifact(registry, estargz_.image, estargz_.attestations->provenance);
    ASSERT_TRUE(text) << text.error().message;
    const auto claim = parse_provenance(*text);
    ASSERT_TRUE(claim) << claim.error().message;
    EXPECT_EQ(claim->layer_form, LayerForm::Estargz);

    std::string other = *text;
    other.replace(other.find("\"Estargz\""), 9, "\"Zstd\"");
    EXPECT_THAT(parse_provenance(other).error().message, HasSubstr("unknown form"));
}

TEST_F(EstargzImage, GivesItsLayersToAForecastWithTheirTables) {
    const Json made = *parse_json(manifest(estargz_));
    const std::string config = at_path(made, {"config", "digest"}).get<std::string>();
    const auto layers =
        layers_of_ours({manifest(estargz_), world_.http.blobs[ImageWorld::repository].at(config)});
    ASSERT_TRUE(layers) << layers.error().message;
    ASSERT_EQ(layers->size(), estargz_.layers.size());
    for (const AddedLayer& layer : *layers) {
        EXPECT_THAT(estargz_.layers, Contains(testing::Pair(testing::_, layer.layer)));
    }
}

} // namespace
} // namespace pedigree::imagebuild
