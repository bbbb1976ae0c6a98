#pragma once
// The read API: an aggregated Kubernetes API, lineage.pedigree.dev/v1alpha1. Callers arrive through
// the API server's aggregator, which has checked their RBAC rights for the resource and namespace
// and names them in headers; requests without the front proxy's certificate are refused. Resources
// (all namespaced, verb get; names are percent-encoded queries):
//
//   traces/<query>            lineage::trace; ?asOf=N
//   models/<project>          lineage::find, "-" for all projects; ?before=N&limit=N
//                             (the same for attempts, runs, executions)
//   logs/<experiment>         the log of an attempt from the artifact store;
//                             ?trial=N&attempt=N&from=BYTE, without numbers of the last
//   progress/<experiment>     what its activities and recorder said last
//   trials/<experiment>       its trials (operator/api/trial_list.h)
//
// Any replica serves. Handler threads may block; all state is in PostgreSQL and the artifact store.

#include <functional>
#include <string>

#include "experiment/history.h"
#include "net/http_server.h"
#include "operator/activity/credentials.h"
#include "operator/activity/worker_client.h"
#include "store/pool.h"

namespace pedigree::control {

constexpr std::int64_t log_segment_bytes_max = 16 * 1024 * 1024;

struct ReadApiParts {
    store::Pool& pool; // role pedigree_writer: may read the operator's rows and the graph
    Worker& worker;
    const spec::Configuration& configuration;
    PlatformCredentials credentials;          // of the artifact store, for logs
    std::vector<std::string> allowed_proxies; // client CNs; empty: any signed by the client CA
    std::function<std::string(const std::string& name_space)> artifact_prefix;
    // Progress of an Experiment's running activity, if this replica runs it.
    std::function<std::string(const std::string& experiment_uid)> activity_progress;
};

class ReadApi {
  public:
    explicit ReadApi(ReadApiParts parts) : parts_(std::move(parts)) {}
    void handle(net::Exchange& exchange) const;

  private:
    struct Call;
    Result<Json> trace(const Call& call) const;
    Result<Json> find(const Call& call) const;
    Result<Json> progress(const Call& call) const;
    Result<Json> trials(const Call& call) const;
    // The newest of the name that the call gives; NotFound says so.
    static Result<experiment::ExperimentRow> experiment_named(store::Transaction& transaction,
                                                              const Call& call);
    Status logs(const Call& call, net::Exchange& exchange) const;
    Status send_log(net::Exchange& exchange, const std::string& name_space,
                    const std::string& pod_uid, std::int64_t from) const;
    Result<std::string> object(const std::string& name_space, const std::string& key,
                               std::int64_t bytes_max) const;

    const ReadApiParts parts_;
};

} // namespace pedigree::control
