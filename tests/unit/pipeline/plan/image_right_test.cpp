#include "pipeline/plan/image_right.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pedigree::plan {
namespace {

using testing::AllOf;
using testing::HasSubstr;

const std::string digest = "@sha256:" + std::string(64, '0');

// "" if it may be read.
std::string problem_of(const std::string& repository, const std::string& secret, bool prebuilt) {
    spec::ExperimentSpec spec;
    spec.image.pull_secret_name = secret;
    if (prebuilt) {
        spec.image.prebuilt = spec::PrebuiltImage{.image = repository + digest};
    } else {
        spec.image.base = repository + digest;
    }
    spec::PlatformRegistry registry;
    registry.host = "registry.example.com:5000";
    registry.prefix = "pedigree";
    registry.pull_secret_name = "pedigree-pull";
    return image_problem(spec, registry, "vision").value_or("");
}

TEST(ImageRight, ThePlatformsSecretOpensTheNamespacesOwnImages) {
    for (const bool prebuilt : {false, true}) {
        EXPECT_EQ(
            problem_of("registry.example.com:5000/pedigree/vision", "pedigree-pull", prebuilt), "");
    }
}

// Seen: prebuilt, with the Secret that lies in every namespace, ran another one's image.
TEST(ImageRight, AndNoOther) {
    for (const bool prebuilt : {false, true}) {
        for (const char* repository :
             {"registry.example.com:5000/pedigree/speech",
              "registry.example.com:5000/pedigree/visionary", "registry.example.com:5000/pedigree",
              "registry.example.com:5000/base/tensorflow", "registry.example.com/pedigree/vision",
              "registry.example.com:5000/x/pedigree/vision"}) {
            EXPECT_THAT(problem_of(repository, "pedigree-pull", prebuilt),
                        AllOf(HasSubstr(repository), HasSubstr("pedigree-pull"),
                              HasSubstr("registry.example.com:5000/pedigree/vision alone"),
                              HasSubstr("(E0176)")));
        }
    }
}

TEST(ImageRight, WhatOnesOwnSecretOpensTheRegistrySays) {
    EXPECT_EQ(problem_of("registry.example.com:5000/pedigree/speech", "mine", true), "");
    EXPECT_EQ(problem_of("registry.example.com:5000/base/tensorflow", "", false), "");
}

} // namespace
} // namespace pedigree::plan
