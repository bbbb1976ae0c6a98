#pragma once
// Cluster: what a command needs of the world outside, as plain functions, so that a test hands in
// its own. `api` is Kubernetes; `fetch` and `stream` read any path of the API server, which is how
// the read API (lineage.pedigree.dev, served by the operator behind the API server) and pod logs
// are reached. Errors say what a person can do about them (advice.h). One thread at a time, but for
// stream, which a second thread may call meanwhile.

#include <chrono>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "k8s/api.h"

namespace pedigree::cli {

struct Cluster {
    k8s::Api& api;
    const Clock& clock;
    std::string name_space;
    std::function<Result<std::string>(const std::string& path)> fetch;
    std::function<Status(const std::string& path, const k8s::ByteSink& sink, std::stop_token stop)>
        stream;
    // As api.create, judged by the API server in all its steps, but nothing is kept.
    std::function<Result<Json>(const k8s::ResourceType& type, const Json& object)> try_create;
    std::stop_token stop; // Ctrl-C
    // How long a command that waits bears that the API server does not answer.
    std::chrono::milliseconds silence_max = std::chrono::minutes(2);
};

// Where to find the cluster, as kubectl takes it; empty fields mean "as configured".
struct ClusterOptions {
    std::string kubeconfig;
    std::string context;
    std::string name_space;
};

// The real thing: owns the client behind `view`, which lives as long as it.
class Connection {
  public:
    static Result<std::unique_ptr<Connection>> open(const ClusterOptions& options,
                                                    std::stop_token stop);
    ~Connection();

    const Cluster& cluster() const;

  private:
    struct Parts;
    explicit Connection(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

} // namespace pedigree::cli
