#pragma once
// The pod's ClearML server as a part of the recorder: an Endpoint behind its port, what it was told
// in a CallJournal, what scripts upload on the recorder's shelf. See trackers/tracker.h.

#include <memory>

#include "trackers/tracker.h"

namespace pedigree::trackers::clearml {

std::unique_ptr<Follower> serve(const FollowOptions& options);

} // namespace pedigree::trackers::clearml
