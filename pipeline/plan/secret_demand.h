#pragma once
// Which Secrets an Experiment needs, with which keys and for which hosts, and what is wrong with
// one that was fetched. Pure: the caller fetches. A Secret may be used only in its own namespace
// and only for the hosts in its annotation pedigree.dev/hosts; the platform's own Secrets (registry
// pull, artifact store) are exempt, since their hosts are the operator's configuration.

#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "pipeline/spec/configuration.h"
#include "pipeline/spec/experiment.h"

namespace pedigree::plan {

constexpr const char* hosts_annotation = "pedigree.dev/hosts";

struct SecretDemand {
    std::string name;
    std::string purpose; // the field that names it: "spec.source.git.secretName"
    std::string host;    // "git.example.com:8443"; empty: no annotation is asked for
    // One of these sets of keys has to be there, each with a value.
    std::vector<std::vector<std::string>> key_sets;
};

struct SecretProblem {
    std::string reason;  // SecretMissing, SecretKeyMissing, SecretHostNotAllowed
    std::string message; // with the next step; names keys, never values
};

std::vector<SecretDemand> secret_demands(const spec::ExperimentSpec& spec,
                                         const spec::Platform& platform);

// `secret` is the object as the API server gave it, null if it is absent.
std::optional<SecretProblem> check_secret(const SecretDemand& demand, const std::string& name_space,
                                          const Json& secret);

// A credential as a Secret holds it, without the line feeds that editors and `echo` add at its end.
std::string without_line_end(std::string value);

// One sentence for each key of the demand whose value ends in a line feed: it is left out wherever
// the value is used, but who made the Secret may not know.
std::vector<std::string> secret_warnings(const SecretDemand& demand, const std::string& name_space,
                                         const Json& secret);

} // namespace pedigree::plan
