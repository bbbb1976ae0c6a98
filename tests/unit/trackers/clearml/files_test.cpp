#include <gtest/gtest.h>

#include "tests/unit/trackers/clearml/calls.h"
#include "trackers/clearml/limits.h"

namespace pedigree::trackers::clearml {
namespace {

TEST(ClearmlFiles, APathStaysBelowItsFolder) {
    EXPECT_EQ(uploaded_path("/mnist/sub/first run.0a/artifacts/ü.bin"),
              "mnist/sub/first run.0a/artifacts/ü.bin");
    EXPECT_EQ(uploaded_path("a"), "a");
    for (const std::string& bad :
         {std::string(""), std::string("/"), std::string("//a"), std::string("a//b"),
          std::string("../a"), std::string("a/../b"), std::string("a/."), std::string("a/"),
          std::string("a\nb"), std::string("a\0b", 3), std::string("\xff"),
          std::string(clearml_name_bytes_max + 1, 'a')}) {
        EXPECT_FALSE(uploaded_path(bad)) << bad;
    }
}

TEST(ClearmlFiles, AnAddressOfThePodNamesItsFileAndNoOtherDoes) {
    const Settings settings{.base_url = "http://127.0.0.1:5000/clearml"};
    for (const char* other :
         {"http://127.0.0.1:5000/clearml/filesystem", "s3://team/x", "", "file:///a"}) {
        EXPECT_FALSE(file_of(settings, other)) << other;
    }
    EXPECT_EQ(file_of(settings, "http://127.0.0.1:5000/clearml/files/a%20b/c"), "a b/c");
    EXPECT_FALSE(file_of(settings, "http://127.0.0.1:5000/clearml/files/..%2fx"));
    EXPECT_FALSE(file_of(settings, "http://127.0.0.1:5000/clearml/files/%zz"));
}

TEST(ClearmlFiles, OneThatCameIsFoundAndNoOther) {
    Endpoint endpoint(Settings{});
    endpoint.uploaded("a b/c", 3, sha256("abc"));
    EXPECT_EQ(endpoint.stored("/files/a%20b/c"), "a b/c");
    EXPECT_FALSE(endpoint.stored("/files/a%20b/d"));
    EXPECT_FALSE(endpoint.stored("/files/../a%20b/c"));
    endpoint.uploaded("a b/c", 4, sha256("abcd"));
    EXPECT_EQ(endpoint.book().files.size(), 1U);
    EXPECT_EQ(endpoint.book().files.at("a b/c").bytes, 4U);
    for (std::size_t i = 0; i < clearml_files_max; ++i) {
        endpoint.uploaded(std::to_string(i), 1, {});
    }
    EXPECT_EQ(endpoint.book().files.size(), clearml_files_max);
    EXPECT_TRUE(endpoint.book().has_room_for("a b/c"));
    EXPECT_FALSE(endpoint.book().has_room_for("another"));
    EXPECT_EQ(endpoint.book().files_left_out, 1);
}

} // namespace
} // namespace pedigree::trackers::clearml
