#pragma once
// What passed the recorder on its way to MLflow, as artifacts and models: a folder with an MLmodel
// file is a Model, one whose name speaks of checkpoints a Checkpoint, all else an Artifact named by
// its first path segment. A logged model of MLflow 3 is one Model. Pure.

#include <string>
#include <vector>

#include "recorder/observations.h"

namespace pedigree::recorder {

std::vector<records::pod::ObservedArtifact> uploaded_artifacts(const Observations& seen);

} // namespace pedigree::recorder
