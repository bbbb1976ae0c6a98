#include "base/environment.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/scratch_folder.h"

namespace pedigree {
namespace {

namespace fs = std::filesystem;

TEST(Environment, HoldsWhatTheProcessWasGiven) {
    const auto all = environment_variables();
    ASSERT_TRUE(all.contains("PATH"));
    EXPECT_EQ(environment_variable("PATH"), all.at("PATH"));
    EXPECT_EQ(environment_variable("PEDIGREE_NOBODY_SETS_THIS"), "");
}

TEST(FindProgram, TakesTheFirstThatMayBeRun) {
    const auto scratch = ScratchFolder::make(fs::temp_directory_path(), "find-");
    ASSERT_TRUE(scratch);
    const fs::path folder = scratch->path() / "folder", file = scratch->path() / "file",
                   program = scratch->path() / "program";
    fs::create_directories(folder / "python3");
    fs::create_directory(file);
    fs::create_directory(program);
    std::ofstream(file / "python3").flush();
    std::ofstream(program / "python3").flush();
    ::chmod((program / "python3").c_str(), 0755);
    const std::string path =
        "relative:" + folder.string() + ":" + file.string() + ":" + program.string();
    EXPECT_EQ(find_program("python3", path), program / "python3");
    EXPECT_EQ(find_program("python4", path), "");
    EXPECT_EQ(find_program("python3", ""), "");
}

} // namespace
} // namespace pedigree
