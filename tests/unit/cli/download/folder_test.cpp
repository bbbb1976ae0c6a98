// Where downloads arrive: only in their folder, only checked, never over what is there.
#include "cli/download/folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/scratch.h"

namespace pedigree::cli {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

artifacts::ManifestFile file_of(const std::string& path, const std::string& bytes) {
    return {path, sha256(bytes), static_cast<std::int64_t>(bytes.size())};
}

class FolderTest : public testing::Test {
  protected:
    DownloadFolder folder() { return DownloadFolder::open(scratch.path() / "model").value(); }
    Status write(const std::string& path, const std::string& bytes, Replace replace = Replace::No) {
        const auto file = file_of(path, bytes);
        const DownloadFolder into = folder();
        TRY(Part part, into.part(file));
        TRY(part.append(std::string_view(bytes).substr(static_cast<std::size_t>(part.bytes()))));
        TRY(into.settle(part, file, replace));
        into.finish();
        return {};
    }
    const Scratch scratch;
};

TEST_F(FolderTest, AFileThatIsWholeGetsItsName) {
    // Names that another tool took for a way out of the folder.
    for (const char* path : {"saved_model.pb", "variables/a b", ".thing.output.json", "foo..bar",
                             "foo/.bar", "ü/模型.bin", "empty.part"}) {
        const Status written = write(path, path);
        ASSERT_TRUE(written) << written.error().message;
        EXPECT_EQ(scratch.read(std::string("model/") + path), path);
        EXPECT_EQ(folder().look(file_of(path, path)).value(), Present::Same);
    }
    ASSERT_TRUE(write("empty", ""));
    EXPECT_TRUE(fs::exists(scratch.path() / "model/empty"));
    EXPECT_FALSE(fs::exists(scratch.path() / "model/.pedigree-parts"));
}

TEST_F(FolderTest, WhatHasOtherBytesNeverGetsTheName) {
    const DownloadFolder into = folder();
    const auto file = file_of("weights", "right");
    Part part = into.part(file).value();
    ASSERT_TRUE(part.append("wrong"));
    const Status settled = into.settle(part, file, Replace::No);
    ASSERT_FALSE(settled);
    EXPECT_EQ(settled.error().code, ErrorCode::Corrupt);
    EXPECT_THAT(settled.error().message, HasSubstr(sha256("wrong").text()));
    EXPECT_FALSE(fs::exists(scratch.path() / "model/weights"));
    EXPECT_EQ(into.part(file).value().bytes(), 0); // it is not gone on with
}

TEST_F(FolderTest, WhatHasComeIsGoneOnWith) {
    const auto file = file_of("weights", "0123456789");
    {
        const DownloadFolder into = folder();
        Part part = into.part(file).value();
        ASSERT_TRUE(part.append("0123"));
        into.finish(); // an ended download; its part stays
    }
    const DownloadFolder into = folder();
    Part part = into.part(file).value();
    EXPECT_EQ(part.bytes(), 4);
    ASSERT_TRUE(part.append("456789"));
    ASSERT_TRUE(into.settle(part, file, Replace::No));
    EXPECT_EQ(scratch.read("model/weights"), "0123456789");
}

TEST_F(FolderTest, APartThatIsTooLongBeginsAgain) {
    const auto file = file_of("weights", "right");
    scratch.write("model/.pedigree-parts/" + file.digest.hex(), "right and more");
    EXPECT_EQ(folder().part(file).value().bytes(), 0);
}

TEST_F(FolderTest, TwoDownloadsDoNotWriteToOnePart) {
    const DownloadFolder into = folder();
    const auto file = file_of("weights", "right");
    const Part part = into.part(file).value();
    const auto other = into.part(file);
    ASSERT_FALSE(other);
    EXPECT_THAT(other.error().message, HasSubstr("another download writes to"));
}

TEST_F(FolderTest, NothingLeavesTheFolderThroughALink) {
    scratch.write("outside/kept", "kept");
    fs::create_directories(scratch.path() / "model");
    fs::create_directory_symlink(scratch.path() / "outside", scratch.path() / "model/variables");
    fs::create_symlink(scratch.path() / "outside/kept", scratch.path() / "model/weights");
    for (const Replace replace : {Replace::No, Replace::Yes}) {
        EXPECT_FALSE(write("variables/kept", "other", replace));
        EXPECT_FALSE(folder().look(file_of("variables/kept", "kept")));
    }
    // A link is not the file that it leads to; replaced, it is the link that goes.
    EXPECT_EQ(folder().look(file_of("weights", "kept")).value(), Present::Other);
    EXPECT_FALSE(write("weights", "right"));
    ASSERT_TRUE(write("weights", "right", Replace::Yes));
    EXPECT_EQ(scratch.read("model/weights"), "right");
    EXPECT_FALSE(fs::is_symlink(scratch.path() / "model/weights"));
    EXPECT_EQ(scratch.read("outside/kept"), "kept");
}

TEST_F(FolderTest, TheFolderOfPartsAndThePartsAreNoLinksEither) {
    const auto file = file_of("weights", "right");
    scratch.write("outside/kept", "kept");
    fs::create_directories(scratch.path() / "model/.pedigree-parts");
    const auto part = scratch.path() / "model/.pedigree-parts" / file.digest.hex();
    fs::create_symlink(scratch.path() / "outside/kept", part);
    ASSERT_TRUE(write("weights", "right"));
    fs::create_directories(scratch.path() / "model/.pedigree-parts");
    fs::create_hard_link(scratch.path() / "outside/kept", part);
    ASSERT_TRUE(write("weights", "right", Replace::Yes));
    EXPECT_EQ(scratch.read("outside/kept"), "kept");
    fs::create_directory_symlink(scratch.path() / "outside",
                                 scratch.path() / "model/.pedigree-parts");
    EXPECT_FALSE(write("weights", "right", Replace::Yes));
    EXPECT_FALSE(fs::exists(scratch.path() / "outside" / file.digest.hex()));
}

TEST_F(FolderTest, WhatIsThereIsReplacedOnlyIfAsked) {
    scratch.write("model/weights", "other");
    EXPECT_EQ(folder().look(file_of("weights", "right")).value(), Present::Other);
    const Status kept = write("weights", "right");
    ASSERT_FALSE(kept);
    EXPECT_EQ(kept.error().code, ErrorCode::AlreadyExists);
    EXPECT_EQ(scratch.read("model/weights"), "other");
    ASSERT_TRUE(write("weights", "right", Replace::Yes));
    EXPECT_EQ(scratch.read("model/weights"), "right");
}

TEST_F(FolderTest, AFolderInTheWayIsSaid) {
    scratch.write("model/weights/inner", "x");
    const auto looked = folder().look(file_of("weights", "right"));
    ASSERT_FALSE(looked);
    EXPECT_THAT(looked.error().message, HasSubstr("weights is a folder"));
    scratch.write("model/file", "x");
    EXPECT_THAT(folder().look(file_of("file/inner", "right")).error().message,
                HasSubstr("file is a link or a file"));
    scratch.write("plain", "x");
    EXPECT_THAT(DownloadFolder::open(scratch.path() / "plain").error().message,
                HasSubstr("is no folder"));
}

} // namespace
} // namespace pedigree::cli
