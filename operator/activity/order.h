#pragma once
// ActivityOrder: what is to be done for one try of an activity. Made anew for each try, since
// Secrets and what is known change in between. Values; the input holds credentials.

#include <chrono>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/json.h"
#include "operator/auxiliary/job.h"
#include "pipeline/spec/configuration.h"
#include "records/work/work.h"

namespace pedigree::control {

// Credentials of the platform, mounted into the operator alone.
struct PlatformCredentials {
    std::string registry_directory = "/etc/pedigree/registry";
    std::string artifact_store_directory = "/etc/pedigree/artifact-store";
};

// Done by the worker; or, with `jobs`, by auxiliary Jobs first, which go on beside each other; or
// done before, with that outcome.
struct ActivityOrder {
    records::work::WorkRequest request;
    std::shared_ptr<const Json> input;
    std::vector<AuxiliaryDemand> jobs;
    std::set<std::string> images_unread; // the Jobs among them of which it is not known what ran
    std::shared_ptr<const Json> known;   // null: it has to be done
};

// With the egress of the namespace whose platform it is; a log can be searched for `id`.
records::work::WorkRequest request_for(records::work::WorkKind kind, std::string id,
                                       std::int64_t deadline_seconds,
                                       const spec::Platform& platform);

// For the worker alone.
ActivityOrder worker_order(records::work::WorkRequest request, Json input);

// Small work answers within this; a build has its own deadline.
constexpr std::int64_t call_seconds_max = 120;

} // namespace pedigree::control
