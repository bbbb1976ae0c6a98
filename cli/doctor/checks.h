#pragma once
// What is judged of a Sight, a function an aspect; each gives its lines in the order in which they
// are read. Pure: no call, no clock; the same Sight gives the same checks.

#include <string>
#include <string_view>
#include <vector>

#include "cli/doctor/check.h"
#include "cli/doctor/sight.h"

namespace pedigree::cli {

// All of them, in the order of an installation: the cluster, what is installed, what it is given,
// who may, the namespace. Without an API server there is one.
std::vector<Check> examined(const Sight& sight);

// The API server, its version, what it serves, clocks.
std::vector<Check> cluster_checks(const Sight& sight);
// CRD, APIService and its certificate, admission policies.
std::vector<Check> installation_checks(const Sight& sight);
// Deployment, pods, version, Lease.
std::vector<Check> operator_checks(const Sight& sight);
// ConfigMap and Secrets.
std::vector<Check> configuration_checks(const Sight& sight);
// The caller's, and the operator's account's.
std::vector<Check> rights_checks(const Sight& sight);
// Namespace, Pod Security, quotas, limits, GPUs.
std::vector<Check> namespace_checks(const Sight& sight);

// The Secrets that Deployment and configuration name, without values; where neither could be read,
// those that an installation has by default.
std::vector<SeenSecret> wanted_secrets(const Sight& sight);
// What is asked of the API server about the rights of whom.
std::vector<SeenRight> caller_rights(const Sight& sight);
std::vector<SeenRight> operator_account_rights(const Sight& sight);

// Whether the Lease alone cannot say that somebody leads: it is to be looked at again.
bool is_doubtful(const Json& lease, Instant now);
// The API server's clock as it was asked; nothing: it did not tell.
std::optional<Instant> server_time(const Sight& sight);
// The last warning or error of a log of ours (a JSON object a line); empty: none.
std::string last_complaint(std::string_view log);

// What our own containers ask for: checked against experiment/job by a test.
struct OwnContainer {
    std::string_view cpu = "50m", memory = "128Mi";       // requests
    std::string_view cpu_max = "1", memory_max = "128Mi"; // limits
};

} // namespace pedigree::cli
