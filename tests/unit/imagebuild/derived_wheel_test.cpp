// Wheels that were built from source distributions: asked for, used, kept in the repository.

#include "imagebuild/wheel/wheel_artifact.h"

#include <fstream>

#include <gtest/gtest.h>

#include "base/file.h"
#include "tests/unit/imagebuild/image_world.h"

namespace pedigree::imagebuild {
namespace {

// The small world, with a package that exists as a source distribution only.
class DerivedWheelTest : public testing::Test {
  protected:
    DerivedWheelTest() {
        world_.http.files["https://index.example.com/simple/old/"] = {
            "text/html", "<a href=\"/f/old-1.0.tar.gz#sha256=" + source_.hex() + "\">x</a>"};
        world_.lock += "old==1.0 --hash=" + source_.text() + "\n";
        world_.derived = [this](const DerivedWheel& wheel) {
            return Result<std::filesystem::path>(world_.cache.path() / wheel.file_name);
        };
    }
    BuildRequest request_with(const std::string& name, const std::string& version) {
        const std::string file = name + "-" + version + "-py3-none-any.whl";
        const auto path = write_zip(world_.cache.path(), file,
                                    wheel_zip(name, version, {{name + "/__init__.py", "y = 2\n"}}));
        BuildRequest request = world_.request();
        wheel_ = {file, *digest_file(path),
                  static_cast<std::int64_t>(std::filesystem::file_size(path)), ""};
        request.derived_wheels[source_.text()] = wheel_;
        return request;
    }

    ImageWorld world_;
    const Digest source_ = sha256("source");
    DerivedWheel wheel_;
};

TEST_F(DerivedWheelTest, IsAskedForBeforeThereIsAnImage) {
    const auto built = world_.build();
    ASSERT_TRUE(built) << built.error().message;
    ASSERT_EQ(built->unbuilt.size(), 1U);
    EXPECT_EQ(built->unbuilt[0].name, "old");
    EXPECT_EQ(built->unbuilt[0].url, "https://index.example.com/f/old-1.0.tar.gz");
    EXPECT_EQ(built->unbuilt[0].digest, source_);
    EXPECT_FALSE(built->inventory.empty());
}

// As `pedigree lock` locks it: a wheel that fits is missing, not every wheel.
TEST_F(DerivedWheelTest, IsAskedForBesideWheelsThatDoNotFit) {
    world_.http.files["https://index.example.com/simple/old/"].bytes +=
        "<a href=\"/f/old-1.0-cp27-cp27m-win32.whl#sha256=" + sha256("w").hex() + "\">w</a>";
    const auto built = world_.build();
    ASSERT_TRUE(built) << built.error().message;
    ASSERT_EQ(built->unbuilt.size(), 1U);
    EXPECT_EQ(built->unbuilt[0].file_name, "old-1.0.tar.gz");
}

TEST_F(DerivedWheelTest, IsUsedAndNamed) {
    const auto built = world_.build(request_with("old", "1.0"));
    ASSERT_TRUE(built) << built.error().message;
    EXPECT_TRUE(built->unbuilt.empty());
    ASSERT_EQ(built->wheels.size(), 3U);
    EXPECT_EQ(built->wheels[2].name, "old");
    EXPECT_EQ(built->wheels[2].built_from, source_);
    EXPECT_FALSE(built->wheels[0].built_from);
}

// As after a change of the way of building: then the plan names a wheel that nobody has.
TEST_F(DerivedWheelTest, OfAPlanIsAskedForWhenItIsNotKnown) {
    const auto first = world_.build(request_with("old", "1.0"));
    ASSERT_TRUE(first) << first.error().message;
    BuildRequest again = world_.request();
    again.known_layers = first->layers;
    again.known_wheels = first->wheel_plan;
    const auto built = world_.build(again);
    ASSERT_TRUE(built) << built.error().message;
    EXPECT_EQ(built->unbuilt.size(), 1U);
}

TEST_F(DerivedWheelTest, IsRefusedUnderAnotherNameOrVersion) {
    for (const auto& [name, version] : {std::pair("other", "1.0"), std::pair("old", "2.0")}) {
        const auto built = world_.build(request_with(name, version));
        ASSERT_FALSE(built);
        EXPECT_EQ(built.error().reason, "WheelRefused");
    }
}

// A verification has nobody to ask.
TEST_F(DerivedWheelTest, IsRefusedWhereNobodyBuildsIt) {
    world_.derived = nullptr;
    const auto built = world_.build();
    ASSERT_FALSE(built);
    EXPECT_EQ(built.error().reason, "SdistRefused");
}

TEST_F(DerivedWheelTest, ComesBackFromTheRepository) {
    request_with("old", "1.0");
    RegistryClient target = world_.target();
    const auto file = world_.cache.path() / wheel_.file_name;
    ASSERT_TRUE(push_wheel(target, wheel_, file, source_));
    const auto copy = world_.scratch.path() / "copy.whl";
    ASSERT_TRUE(fetch_wheel(target, wheel_, copy));
    EXPECT_EQ(*digest_file(copy), wheel_.digest);

    const auto found = find_wheel(target, wheel_.digest);
    ASSERT_TRUE(found && *found);
    EXPECT_EQ((*found)->source, source_);
    EXPECT_EQ((*found)->wheel.file_name, wheel_.file_name);
}

// Whoever may push there may move the tag.
TEST_F(DerivedWheelTest, IsNotFoundUnderATagThatLies) {
    request_with("old", "1.0");
    RegistryClient target = world_.target();
    ASSERT_TRUE(push_wheel(target, wheel_, world_.cache.path() / wheel_.file_name, source_));
    auto& tagged =
        world_.http.manifests[ImageWorld::repository]["wheel-" + wheel_.digest.hex().substr(0, 20)];
    const Json honest = Json::parse(tagged.bytes);
    const auto found_with = [&](const std::string& pointer, const Json& value) {
        Json lie = honest;
        lie[Json::json_pointer(pointer)] = value;
        tagged.bytes = lie.dump();
        const auto found = find_wheel(target, wheel_.digest);
        return found && found->has_value();
    };
    EXPECT_TRUE(found_with("/layers/0/size", wheel_.bytes));
    EXPECT_FALSE(found_with("/layers/0/size", 1 << 30));
    EXPECT_FALSE(found_with("/layers/0/size", 0));
    EXPECT_FALSE(found_with("/layers/0/digest", sha256("another").text()));
    EXPECT_FALSE(found_with("/layers", Json::array()));
    EXPECT_FALSE(found_with("/annotations", Json::object()));
    const std::string name = "/layers/0/annotations/org.opencontainers.image.title";
    EXPECT_FALSE(found_with(name, "../../old-1.0-py3-none-any.whl"));
    EXPECT_FALSE(found_with(name, "old"));
}

TEST_F(DerivedWheelTest, OfWhichTheCacheHasHalfOrOtherBytesIsFetchedAgain) {
    request_with("old", "1.0");
    RegistryClient target = world_.target();
    ASSERT_TRUE(push_wheel(target, wheel_, world_.cache.path() / wheel_.file_name, source_));
    const auto path = wheel_path(world_.cache.path(), wheel_);
    std::filesystem::create_directories(path.parent_path());
    for (const std::int64_t bytes : {wheel_.bytes / 2, wheel_.bytes}) {
        std::ofstream(path, std::ios::binary) << std::string(static_cast<std::size_t>(bytes), 'x');
        const auto cached = cached_wheel(target, wheel_, world_.cache.path());
        ASSERT_TRUE(cached);
        EXPECT_EQ(*digest_file(*cached), wheel_.digest);
    }
}

} // namespace
} // namespace pedigree::imagebuild
