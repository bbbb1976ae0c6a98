#include "source/gitmodules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pedigree::source {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

std::string listed(std::initializer_list<std::pair<std::string, std::string>> values) {
    std::string text;
    for (const auto& [key, value] : values) {
        text += key + "\n" + value + '\0';
    }
    return text;
}

TEST(Gitmodules, GivesUrlsByPath) {
    const auto urls = submodule_urls(listed({{"submodule.a.b.path", "libs/one"},
                                             {"submodule.a.b.url", "../one.git"},
                                             {"submodule.../../x.url", "https://h/y"},
                                             {"submodule.../../x.path", "two"},
                                             {"submodule.a.b.update", "!touch /tmp/x"},
                                             {"submodule.alone.url", "https://h/z"},
                                             {"core.sshcommand", "touch /tmp/x"}}));
    ASSERT_TRUE(urls) << urls.error().message;
    EXPECT_THAT(*urls, ElementsAre(Pair("libs/one", "../one.git"), Pair("two", "https://h/y")));
}

TEST(Gitmodules, RefusesPathsThatAreNone) {
    for (const std::string path :
         {"../x", "a/../../x", "/etc", "a//b", ".git/hooks", "a\nb", "./x"}) {
        const auto urls = submodule_urls(
            listed({{"submodule.x.path", path}, {"submodule.x.url", "https://h/y"}}));
        ASSERT_FALSE(urls) << path;
        EXPECT_EQ(urls.error().reason, "SubmoduleRefused") << path;
    }
    const auto twice =
        submodule_urls(listed({{"submodule.a.path", "x"}, {"submodule.b.path", "x"}}));
    ASSERT_FALSE(twice);
    EXPECT_THAT(twice.error().message, HasSubstr("names x twice"));
    EXPECT_FALSE(submodule_urls(listed({{"submodule.a.path", "x"}, {"submodule.b.path", "x"}})));
    EXPECT_TRUE(submodule_urls("")->empty());
    EXPECT_TRUE(submodule_urls("submodule.a.path")->empty()) << "a key without a value";
}

TEST(SubmoduleUrl, ContinuesTheSuperprojects) {
    const std::string above = "https://git.example.com:8443/team/demo.git";
    const std::pair<std::string, std::string> cases[] = {
        {"../lib.git", "https://git.example.com:8443/team/lib.git"},
        {"../../other/lib", "https://git.example.com:8443/other/lib"},
        {"./lib", above + "/lib"},
        {"./.././../lib", "https://git.example.com:8443/lib"},
        {"https://Other.example.com/x.git", "https://other.example.com/x.git"},
        {"ssh://h.example.com/x", "ssh://git@h.example.com:22/x"}};
    for (const auto& [written, whole] : cases) {
        const auto url = submodule_url(above, written);
        ASSERT_TRUE(url) << written << ": " << url.error().message;
        EXPECT_EQ(*url, whole);
    }
    EXPECT_EQ(*submodule_url(above + "/", "../lib.git"), cases[0].second);
    EXPECT_EQ(*submodule_url("ssh://me@h:2222/team/demo", "../lib"), "ssh://me@h:2222/team/lib");
}

TEST(SubmoduleUrl, RefusesWhatTheSourceItselfMayNotBe) {
    const std::string above = "https://git.example.com/team/demo.git";
    for (const std::string written :
         {"../../../evil.example.com/x", "../../..", "file:///etc", "/srv/x.git", "ext::sh -c x",
          "http://h/x", "git@h:x.git", "git://h/x", "--upload-pack=touch", "-x", "",
          "https://me:hidden@h/x", "https://h/x?token=hidden", "https://h",
          "ssh://-oProxyCommand=x/y", "ssh://me:hidden@h/x", "https://h/x y", "https://h/x\ny",
          "../x\n[core]"}) {
        const auto url = submodule_url(above, written);
        ASSERT_FALSE(url) << written << " became " << *url;
        EXPECT_EQ(url.error().reason, "SubmoduleRefused");
        EXPECT_EQ(url.error().message.find("hidden"), std::string::npos) << url.error().message;
    }
    EXPECT_THAT(submodule_url("", "../x").error().message, HasSubstr("is not known"));
}

} // namespace
} // namespace pedigree::source
