#pragma once
// Inputs: what the operator is given by files when it starts: its configuration, where PostgreSQL
// is and with which password, how the API server is reached. Read once, before anything is opened,
// so that a wrong file is the first and only thing that the log says.

#include "base/secret.h"
#include "k8s/config.h"
#include "operator/program.h"
#include "pipeline/spec/configuration.h"

namespace pedigree::control {

struct Inputs {
    spec::Configuration configuration;
    Secret database_url; // its password never stands in a log from here on
    k8s::Config cluster; // the pod's own account, or a kubeconfig
};

// An error names the file.
Result<Inputs> read_inputs(const ProgramOptions& options);

} // namespace pedigree::control
