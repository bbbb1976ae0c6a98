#pragma once
// A W&B run as a record has it. Parameters are the script's configuration: what is nested is joined
// by dots as in its metrics, texts stand as they are, all else as JSON. The status is as W&B's own
// server says it ("finished", "failed"); "" while the script has not said its end. Pure.

#include "records/pod/bundle.h"
#include "trackers/wandb/book.h"

namespace pedigree::trackers::wandb {

enum class Points { Leave, Take };
records::pod::ObservedRun observed_run(const Run& run, Points points);
// As records name it, since ids are a project's own: "mnist/4ab3xq01".
std::string record_id(const Run& run);

// What was uploaded of runs and of their artifacts, as far as it came; `location` is a folder as of
// Upload::place(), without a digest.
std::vector<records::pod::ObservedArtifact> observed_uploads(const Book& book);

// What is not in the record of a run, a sentence each.
std::vector<std::string> missing_of(const Run& run);

} // namespace pedigree::trackers::wandb
