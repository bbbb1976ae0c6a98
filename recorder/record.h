#pragma once
// The recorder's life as a sidecar: serve trackers to the script, ship the log, tell the operator,
// and when the launcher's report says that the command has ended (or SIGTERM comes, because the
// launcher was killed or the pod is being deleted), finish the record within drainSeconds. Threads:
// the HTTP server's, "deliver" (kept appends), "ship" (log and live events), "follow" (what
// trackers read and were told), "shelf" (what scripts uploaded to them), and the main one, which
// waits for the end and concludes. Stops by itself on SIGTERM only; after the record is complete it
// goes on serving probes.

#include "base/result.h"
#include "recorder/settings.h"

namespace pedigree::recorder {

// Blocks SIGTERM and SIGINT in the calling thread; call it before any other thread exists.
Status record(const Settings& settings);

} // namespace pedigree::recorder
