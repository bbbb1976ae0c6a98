#include "base/scratch_folder.h"

#include <fstream>
#include <optional>

#include <gtest/gtest.h>

namespace pedigree {
namespace {

TEST(ScratchFolder, GoesWithAllThatIsInIt) {
    std::filesystem::path place;
    {
        const auto scratch = ScratchFolder::make(testing::TempDir(), "pedigree-scratch-");
        ASSERT_TRUE(scratch) << scratch.error().message;
        place = scratch->path();
        EXPECT_TRUE(place.filename().string().starts_with("pedigree-scratch-"));
        EXPECT_EQ(std::filesystem::status(place).permissions(), std::filesystem::perms::owner_all);
        std::filesystem::create_directories(place / "deep");
        std::ofstream(place / "deep" / "file") << "x";
    }
    EXPECT_FALSE(std::filesystem::exists(place));
}

TEST(ScratchFolder, MovesWithoutBeingRemoved) {
    std::optional<ScratchFolder> kept;
    {
        auto made = ScratchFolder::make(testing::TempDir(), "pedigree-scratch-");
        ASSERT_TRUE(made);
        kept.emplace(std::move(*made));
    }
    EXPECT_TRUE(std::filesystem::exists(kept->path()));
}

TEST(ScratchFolder, MakesItsParentOrNamesIt) {
    const auto outer = ScratchFolder::make(testing::TempDir(), "pedigree-scratch-");
    ASSERT_TRUE(outer);
    EXPECT_TRUE(ScratchFolder::make(outer->path() / "new" / "folder", "work-"));
    std::ofstream(outer->path() / "file") << "x";
    const auto refused = ScratchFolder::make(outer->path() / "file", "work-");
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find((outer->path() / "file").string()), std::string::npos);
}

} // namespace
} // namespace pedigree
