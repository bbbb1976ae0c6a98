#pragma once
// A W&B run as a record has it. Parameters are the script's configuration: what is nested is joined
// by dots as in its metrics, texts stand as they are, all else as JSON. The status is as W&B's own
// server says it ("finished", "failed"); "" while the script has not said its end. Pure.

#include "records/pod/bundle.h"
#include "trackers/wandb/run.h"

namespace pedigree::trackers::wandb {

records::pod::ObservedRun observed_run(const Run& run);

} // namespace pedigree::trackers::wandb
