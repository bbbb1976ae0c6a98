#include "pipeline/run/image.h"

#include <gtest/gtest.h>

namespace pedigree::run {
namespace {

const std::string one = "sha256:" + std::string(64, '1');
const std::string two = "sha256:" + std::string(64, '2');

ContainerFacts ran(const std::string& image_id) {
    ContainerFacts facts;
    facts.running = true;
    facts.image_id = image_id;
    return facts;
}

TEST(Image, ReadsTheDigestInEachSpelling) {
    for (const std::string& text :
         {one, "registry.example.com:5000/vision/mnist@" + one, "docker://" + one,
          "docker-pullable://registry.example.com/mnist@" + one}) {
        EXPECT_EQ(digest_at_end(text), one) << text;
    }
    for (const std::string& text :
         {std::string(), std::string("registry.example.com/mnist:1.0"), one + "/more",
          std::string("sha256:"), "mnist@sha256:" + std::string(63, '1'), one + "\n",
          "mnist@sha512:" + std::string(64, '1')}) {
        EXPECT_EQ(digest_at_end(text), "") << text;
    }
}

TEST(Image, IsTheSameByAnyNameOfIt) {
    const ImageAsked asked{{one, two}};
    EXPECT_EQ(match_image(ran("elsewhere/x@" + one), asked), ImageMatch::Same);
    EXPECT_EQ(match_image(ran(two), asked), ImageMatch::Same);
    EXPECT_EQ(match_image(ran("sha256:" + std::string(64, '3')), asked), ImageMatch::Other);
    EXPECT_EQ(match_image(ran(""), asked), ImageMatch::Unread);
    EXPECT_EQ(match_image(ran(one), {}), ImageMatch::Unread);
    EXPECT_EQ(match_image(ContainerFacts(), asked), ImageMatch::NotRun);
}

TEST(Image, IsNotCalledAnotherWhileNamesOfItAreUnknown) {
    EXPECT_EQ(match_image(ran(two), {{one}, false}), ImageMatch::Unread);
    EXPECT_EQ(match_image(ran(one), {{one}, false}), ImageMatch::Same);
}

} // namespace
} // namespace pedigree::run
