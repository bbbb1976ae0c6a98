#pragma once
// A ClearML task as a record has it. Parameters are its hyperparameters, "Args/epochs", and its
// configuration objects, "configuration/net". The status is ClearML's word ("completed", "failed");
// "" while the script has said no end. What belongs to it of the files is told beside. Pure.

#include <vector>

#include "records/pod/bundle.h"
#include "trackers/clearml/book.h"

namespace pedigree::trackers::clearml {

records::pod::ObservedRun observed_run(const Book& book, const Task& task);
// Artifacts, models and other files of the task, each with what of it came; those that were only
// announced have no files. `location` is outside of the pod.
std::vector<records::pod::ObservedArtifact> observed_artifacts(const Book& book, const Task& task);
// What was not kept, in words; also artifacts of which no file came.
std::vector<records::pod::ObservedGap> observed_gaps(const Book& book);

// The whole task as a document: for tests.
Json task_json(const Book& book, const Task& task);

} // namespace pedigree::trackers::clearml
