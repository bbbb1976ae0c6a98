#pragma once
// The pod's W&B server as a part of the recorder: an Endpoint behind its port, what it was told in
// a CallJournal, what scripts upload on the recorder's shelf; and when the command has ended the
// .wandb files below the working directory, as the second source of its runs and the only one of a
// run that was offline (run_file.h). See trackers/tracker.h.

#include <memory>

#include "trackers/tracker.h"

namespace pedigree::trackers::wandb {

std::unique_ptr<Follower> serve(const FollowOptions& options);

} // namespace pedigree::trackers::wandb
