#pragma once
// Credentials from a program that the kubeconfig names (client.authentication.k8s.io, "exec"): how
// managed clusters hand out short-lived tokens. The program is started by its argument vector,
// never through a shell, with this process's environment and the entry's own variables, and ended
// after a minute. It may answer with a token, a client certificate, or both.

#include <optional>
#include <stop_token>
#include <string>

#include "base/clock.h"
#include "base/secret.h"
#include "k8s/config.h"

namespace pedigree::k8s {

struct ExecCredential {
    Secret token;
    std::string client_certificate_pem;
    Secret client_key_pem;
    std::optional<Instant> expires_at; // empty: until the server refuses it
};

// NotFound (with the entry's install hint), Timeout, or Unauthorized when it fails or answers with
// something else.
Result<ExecCredential> run_exec_plugin(const ExecPlugin& plugin, std::stop_token stop = {});

} // namespace pedigree::k8s
