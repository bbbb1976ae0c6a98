#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "imagebuild/lock/python_name.h"
#include "imagebuild/registry/challenge.h"
#include "imagebuild/registry/docker_config.h"
#include "imagebuild/wheel/wheel_name.h"

namespace pedigree::imagebuild {
namespace {

TEST(PythonName, NormalisesAsPep503) {
    EXPECT_EQ(normalized_name("Foo_Bar.-baz"), "foo-bar-baz");
    EXPECT_TRUE(is_python_name("zope.interface"));
    EXPECT_FALSE(is_python_name("-x"));
    EXPECT_FALSE(is_python_name("x y"));
}

TEST(PythonName, VersionsFitAsPep440) {
    for (const auto& [pinned, installed] :
         std::vector<std::pair<const char*, const char*>>{{"1.0", "1.0.0"},
                                                          {"1.0.0", "1"},
                                                          {"v1.0", "1.0"},
                                                          {"1.0-RC1", "1.0rc1"},
                                                          {"1.0.alpha2", "1.0a2"},
                                                          {"2.13.0", "2.13.0+cpu"},
                                                          {"1.0+cpu", "1.0+CPU"},
                                                          {"1.01", "1.1"},
                                                          {"1.0.post1", "1.0.rev1"}}) {
        EXPECT_TRUE(version_fits(pinned, installed)) << pinned << " " << installed;
    }
    for (const auto& [pinned, installed] : std::vector<std::pair<const char*, const char*>>{
             {"1.0", "1.0.1"}, {"1.0", "1.0rc1"}, {"1.0+cpu", "1.0"}, {"1.10", "1.1"}}) {
        EXPECT_FALSE(version_fits(pinned, installed)) << pinned << " " << installed;
    }
}

TEST(WheelName, ParsesTagsAndBuildNumbers) {
    const auto name = parse_wheel_name(
        "SQLAlchemy-2.0.24-1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl");
    ASSERT_TRUE(name);
    EXPECT_EQ(name->distribution, "SQLAlchemy");
    EXPECT_EQ(name->version, "2.0.24");
    EXPECT_EQ(name->platforms.size(), 2);
    for (const char* wrong : {"x.whl", "x-1-py3-none.whl", "x-1-py3-none-any.zip",
                              "a/x-1-py3-none-any.whl", "x--py3-none-any.whl"}) {
        EXPECT_FALSE(parse_wheel_name(wrong)) << wrong;
    }
}

TEST(WheelName, RanksByTheBasesPython) {
    const TargetPython target{11, 36, "x86_64"};
    const auto rank = [&](const std::string& tags) {
        return wheel_rank(*parse_wheel_name("x-1-" + tags + ".whl"), target).value_or(0);
    };
    EXPECT_GT(rank("cp311-cp311-manylinux_2_17_x86_64"), rank("cp39-abi3-manylinux2014_x86_64"));
    EXPECT_GT(rank("cp39-abi3-manylinux2014_x86_64"), rank("py3-none-any"));
    EXPECT_GT(rank("py3-none-any"), 0);
    EXPECT_GT(rank("py2.py3-none-any"), 0);
    EXPECT_GT(rank("py3-none-manylinux1_x86_64"), 0);
    for (const char* unusable :
         {"cp312-cp312-manylinux_2_17_x86_64", "cp311-cp311-manylinux_2_38_x86_64",
          "cp311-cp311-manylinux_2_17_aarch64", "cp311-cp311-musllinux_1_1_x86_64",
          "cp311-cp311-win_amd64", "cp312-abi3-manylinux2014_x86_64", "py2-none-any",
          "cp311-cp311t-manylinux_2_17_x86_64"}) {
        EXPECT_EQ(rank(unusable), 0) << unusable;
    }
}

TEST(Challenge, ReadsQuotedCommasAndSeveral) {
    const auto challenges =
        parse_challenges("Basic realm=\"a, b\", bearer REALM=\"https://auth.example.com/token\", "
                         "service = reg,scope=\"repository:x:pull,push\"");
    ASSERT_EQ(challenges.size(), 2);
    EXPECT_EQ(challenges[0].scheme, "basic");
    EXPECT_EQ(challenges[0].parameters.at("realm"), "a, b");
    EXPECT_EQ(challenges[1].scheme, "bearer");
    EXPECT_EQ(challenges[1].parameters.at("realm"), "https://auth.example.com/token");
    EXPECT_EQ(challenges[1].parameters.at("service"), "reg");
    EXPECT_EQ(challenges[1].parameters.at("scope"), "repository:x:pull,push");
}

TEST(Challenge, SurvivesAnything) {
    for (const char* text : {"", ",,,", "=", "\"", "Bearer realm=\"unclosed", "Bearer =x", "a=b",
                             "Bearer realm=\"x\\", "\x01\x02\xff"}) {
        (void)parse_challenges(text);
    }
    EXPECT_EQ(parse_challenges("Bearer realm=\"unclosed").at(0).parameters.at("realm"), "unclosed");
}

TEST(DockerConfig, TheLongestKeyWins) {
    const std::string document = R"({"auths":{
        "https://registry.example.com/v1/":{"auth":"aG9zdDpvbmU="},
        "registry.example.com/team":{"username":"team","password":"two"}}})";
    const auto team = docker_config_credential(document, "registry.example.com", "team/tf");
    ASSERT_TRUE(team && *team);
    EXPECT_EQ((*team)->username, "team");
    const auto host = docker_config_credential(document, "registry.example.com", "teams/tf");
    ASSERT_TRUE(host && *host);
    EXPECT_EQ((*host)->username, "host");
    EXPECT_EQ((*host)->password.reveal(), "one");
    EXPECT_FALSE(docker_config_credential(document, "other.example.com", "x")->has_value());
    const auto identity = docker_config_credential(
        R"({"auths":{"x":{"auth":"PHRva2VuPjo=","identitytoken":"t"}}})", "x", "y");
    ASSERT_TRUE(identity && *identity);
    EXPECT_EQ((*identity)->username, identity_token_username);
    EXPECT_EQ((*identity)->password.reveal(), "t");
    EXPECT_FALSE(docker_config_credential("{}", "x", "y"));
    EXPECT_FALSE(docker_config_credential("no json", "x", "y"));
}

} // namespace
} // namespace pedigree::imagebuild
