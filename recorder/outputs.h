#pragma once
// The outputs that the spec names: each file hashed and uploaded below the attempt's key, the
// folder identified by its manifest. A path that is not there, leads out of the working directory
// or holds what a manifest cannot hold becomes a gap that says so; the other outputs go on.

#include <stop_token>
#include <vector>

#include "artifacts/s3.h"
#include "recorder/settings.h"
#include "records/pod/bundle.h"

namespace pedigree::recorder {

struct UploadedOutputs {
    std::vector<records::pod::ObservedArtifact> artifacts;
    std::vector<records::pod::ObservedGap> gaps;
    bool complete = true; // false: the store or the time ran out
};

UploadedOutputs upload_outputs(artifacts::S3Client& store, const Settings& settings,
                               std::stop_token stop);

} // namespace pedigree::recorder
