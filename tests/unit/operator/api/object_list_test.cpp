// Where the bytes of an artifact lie, whatever its account says of that.
#include "operator/api/object_list.h"

#include <gtest/gtest.h>

namespace pedigree::control {
namespace {

ObjectOrigin origin() {
    return {.experiment = "mnist-1",
            .project = "mnist",
            .trial = 7,
            .attempt = 2,
            .pod_uid = "pod-a",
            .asserted = "Recorder",
            .bucket = "pedigree",
            .prefix = "p/namespaces/vision/"};
}

std::optional<std::string> prefix_of(const std::string& location,
                                     const ObjectOrigin& from = origin()) {
    records::pod::ObservedArtifact artifact;
    artifact.location = location;
    return stored_prefix(artifact, from);
}

TEST(ObjectList, BytesLieWhereTheAttemptWasGivenToWrite) {
    for (const std::string& key :
         {std::string("p/namespaces/vision/attempts/pod-a/outputs/model/"),
          std::string("p/namespaces/vision/attempts/pod-a/uploads/wandb/files/mnist/r1/"),
          std::string("p/namespaces/vision/logs/mnist/mnist-1/20261130T093000Z-7-2/train/")}) {
        EXPECT_EQ(prefix_of("s3://pedigree/" + key), key);
    }
}

TEST(ObjectList, AnAccountsWordForAnotherPlaceIsNotTaken) {
    const std::string own = "s3://pedigree/p/namespaces/vision/";
    for (const std::string& location : {
             std::string(),
             std::string("mlflow-artifacts:/7/r/artifacts/model"),
             std::string("s3://pedigree"),
             std::string("s3://pedigree/"),
             own,
             std::string("s3://other/p/namespaces/vision/attempts/pod-a/outputs/model/"),
             std::string("s3://pedigree/p/namespaces/speech/attempts/pod-a/outputs/model/"),
             own + "attempts/pod-b/outputs/model/",
             own + "attempts/pod-a/",
             own + "attempts/pod-a/outputs/model", // no folder
             own + "attempts/pod-a/outputs/../../pod-b/outputs/model/",
             own + "attempts/pod-a/outputs//model/",
             own + "attempts/pod-a/outputs/./",
             own + "logs/mnist/mnist-2/20261130T093000Z-7-2/train/",
             own + "logs/mnist/mnist-1/20261130T093000Z-7-1/train/",
             own + "logs/mnist/mnist-1/20261130T093000Z-17-2/train/",
             own + "logs/mnist/mnist-1/20261130T093000Z-7-2/../20261130T093000Z-1-1/",
         }) {
        EXPECT_EQ(prefix_of(location), std::nullopt) << location;
    }
}

// Below a prefix that namespaces share, a folder of logs is known by names that others may use.
TEST(ObjectList, UnderASharedPrefixTheLogsAreNobodys) {
    ObjectOrigin before = origin();
    before.prefix = "p/";
    before.shared = true;
    EXPECT_EQ(prefix_of("s3://pedigree/p/logs/mnist/mnist-1/20261130T093000Z-7-2/train/", before),
              std::nullopt);
    EXPECT_TRUE(prefix_of("s3://pedigree/p/attempts/pod-a/outputs/model/", before));
}

} // namespace
} // namespace pedigree::control
