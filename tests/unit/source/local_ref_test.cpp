// What a ref means in a checkout: the same as at a server, or refused.

#include "source/local_ref.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "source/ref.h"
#include "tests/unit/source/working_folder.h"

namespace pedigree::source {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(LocalRef, AShortNameIsABranchOrATag) {
    WorkingFolder folder;
    folder.file("train.py", "1");
    const std::string first = folder.commit();
    folder.git({"branch", "v1"});
    folder.file("train.py", "2");
    const std::string second = folder.commit();
    folder.git({"tag", "v1"});
    folder.git({"tag", "v2"});
    folder.git({"update-ref", "refs/remotes/origin/theirs", first});
    folder.git({"update-ref", "refs/remotes/origin/v2", first});
    folder.git({"update-ref", "refs/pull/7/head", first});
    const auto commit = [&](const std::string& ref) {
        return local_commit(folder.repository(), ref);
    };
    EXPECT_EQ(*commit("main"), second);
    EXPECT_EQ(*commit("theirs"), first);
    EXPECT_EQ(*commit("refs/heads/v1"), first);
    EXPECT_EQ(*commit("refs/tags/v1"), second);
    EXPECT_EQ(*commit("refs/pull/7/head"), first);
    for (const char* both : {"v1", "v2"}) {
        EXPECT_EQ(commit(both).error().reason, "RefAmbiguous");
        EXPECT_THAT(commit(both).error().message,
                    AllOf(HasSubstr(std::string("refs/heads/") + both),
                          HasSubstr(std::string("refs/tags/") + both)));
    }
    EXPECT_EQ(commit("HEAD").error().reason, "RefNotFound"); // at a server it is no branch
}

TEST(LocalRef, ATagOfAFolderIsNoCommit) {
    WorkingFolder folder;
    folder.file("train.py", "1");
    folder.commit();
    folder.git({"tag", "-a", "-m", "t", "tree-tag", "HEAD^{tree}"});
    const auto refused = local_commit(folder.repository(), "tree-tag");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, "CommitNotFound");
    EXPECT_EQ(refused.error().code, ErrorCode::InvalidInput);
}

TEST(LocalRef, FullNamesAreTakenAsTheyAre) {
    EXPECT_THAT(full_ref_names("v1"), ElementsAre("refs/heads/v1", "refs/tags/v1"));
    EXPECT_THAT(full_ref_names("refs/pull/7/head"), ElementsAre("refs/pull/7/head"));
}

} // namespace
} // namespace pedigree::source
