#include "pipeline/plan/input_right.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pedigree::plan {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> problems_of(const std::string& uri, const std::string& secret = "") {
    spec::ExperimentSpec spec;
    spec.inputs = {{.name = "mnist", .uri = uri, .digest = {}, .secret_name = secret}};
    spec::PlatformStore store;
    store.bucket = "pedigree";
    store.prefix = "records/";
    store.secret_name = "pedigree-artifact-store";
    return input_problems(spec, store, "vision");
}

TEST(InputRight, TheNamespacesOwnKeysAreReadWithoutASecret) {
    EXPECT_THAT(problems_of("s3://pedigree/records/namespaces/vision/mnist.npz"), IsEmpty());
    EXPECT_THAT(problems_of("s3://pedigree/records/namespaces/vision/attempts/uid/outputs/model/"),
                IsEmpty());
}

TEST(InputRight, NothingElseIs) {
    for (const char* uri :
         {"s3://pedigree/records/namespaces/speech/mnist.npz", "s3://pedigree/mnist.npz",
          "s3://pedigree/namespaces/vision/mnist.npz", "s3://pedigree/records/attempts/uid/",
          "s3://pedigree/records/namespaces/visionary/x", "s3://pedigree/records/namespaces/vision",
          "s3://datasets/records/namespaces/vision/x"}) {
        EXPECT_THAT(
            problems_of(uri),
            ElementsAre(AllOf(HasSubstr(uri), HasSubstr("input mnist"), HasSubstr("(E0175)"),
                              HasSubstr("s3://pedigree/records/namespaces/vision/"))))
            << uri;
    }
}

TEST(InputRight, ThePlatformsSecretIsNoneOfOnesOwn) {
    EXPECT_EQ(
        problems_of("s3://pedigree/records/namespaces/speech/x", "pedigree-artifact-store").size(),
        1U);
    EXPECT_THAT(problems_of("s3://pedigree/records/namespaces/vision/x", "pedigree-artifact-store"),
                IsEmpty());
}

TEST(InputRight, ASecretOrAnotherPlaceIsAnotherMatter) {
    EXPECT_THAT(problems_of("s3://datasets/mnist.npz", "data-read"), IsEmpty());
    EXPECT_THAT(problems_of("https://data.example.com/mnist.npz"), IsEmpty());
    EXPECT_THAT(problems_of("volume://data/mnist.npz"), IsEmpty());
}

} // namespace
} // namespace pedigree::plan
