#pragma once
// A ClearML task as a record has it. Parameters are its hyperparameters, "Args/epochs", and its
// configuration objects, "configuration/net". The status is ClearML's word ("completed", "failed");
// "" while the script has said no end. What belongs to it of the files is told beside. Pure.

#include <string>
#include <string_view>
#include <vector>

#include "records/pod/bundle.h"
#include "trackers/clearml/book.h"

namespace pedigree::trackers::clearml {

enum class Points { Leave, Take };
records::pod::ObservedRun observed_run(const Book& book, const Task& task, Points points);

// Where a file lies below the endpoint's folder of the shelf: "files/mnist/first.0a/models/m.bin".
std::string place_of(std::string_view file_path);
// Artifacts, models and other files of the task, each with what of it came; those that were only
// announced, or lie elsewhere, have no files. `location` is a folder as of place_of().
std::vector<records::pod::ObservedArtifact> observed_artifacts(const Book& book, const Task& task);
// Files that are of no task.
std::vector<records::pod::ObservedArtifact> observed_strays(const Book& book);

// What was not kept, in words; also artifacts and models of which no file came.
std::vector<records::pod::ObservedGap> observed_gaps(const Book& book);

// The whole task as a document: for tests.
Json task_json(const Book& book, const Task& task);

} // namespace pedigree::trackers::clearml
