#pragma once
// Credentials and what they open, as the worker takes them: read from the cluster or the operator's
// mounts when an order is made; of those of a tracker the last are kept in memory (KnownTargets).
// Any thread may call.

#include <map>
#include <string>

#include "operator/activity/subject.h"

namespace pedigree::control {

// A key of a mounted Secret, without the line feed that editors add.
Result<Secret> mounted(const std::string& directory, const std::string& key);

// A Secret of the Experiment's namespace, by key. NotFound, Forbidden as the API server says.
Result<std::map<std::string, Secret>> secret_of(const Subject& subject, const std::string& name);

Result<records::work::GitSource> git_source(const Subject& subject);
// Internal: the spec declares no tracker.
Result<records::work::TrackerTarget> tracker_target(const Subject& subject);
// As it was reached before, where the Secret is gone: for telling it an end.
Result<records::work::TrackerTarget> last_tracker_target(const Subject& subject);

// An object of our artifact store.
Result<records::work::FetchObjectInput> object_input(const spec::Platform& platform,
                                                     const PlatformCredentials& credentials,
                                                     const std::string& key);

} // namespace pedigree::control
