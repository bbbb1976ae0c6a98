#pragma once
// The read API: an aggregated Kubernetes API, lineage.pedigree.dev/v1alpha1. Callers arrive through
// the API server's aggregator, which has checked their RBAC rights for the resource and namespace
// and names them in headers; requests without the front proxy's certificate are refused. Resources
// (all namespaced, verb get; names are percent-encoded queries):
//
//   traces/<query>            lineage::trace; ?asOf=N, ?direction=Causes or Effects
//   models/<project>          lineage::find, "-" for all projects; ?before=N&limit=N,
//                             ?experiment=NAME (the same for attempts, runs, executions)
//   logs/<experiment>         the log of an attempt from the artifact store;
//                             ?trial=N&attempt=N&from=BYTE, without numbers of the last
//   progress/<experiment>     what its activities and recorder said last
//   trials/<experiment>       its trials (operator/api/trial_list.h)
//   metrics/<experiment>      the metric series of an attempt (operator/api/metric_list.h);
//                             ?trial=N&attempt=N&run=ID&key=NAME, without numbers of the best trial
//   objects/<query>           models, checkpoints and artifacts (operator/api/object_list.h) of an
//                             Experiment (?trial=N&attempt=N, without numbers of the best trial),
//                             of an attempt, or with a digest; ?artifact=DIGEST gives its files,
//                             &file=PATH&from=BYTE at most object_part_bytes_max of one's bytes
//                             (&page=N: it stands in this page of the account)
//
// Any replica serves. All state is in PostgreSQL and the artifact store. Handler threads may block
// for those, never for a reader: a connection of the pool is given back before an answer is
// written, and a log goes out in steps. All callers share the API server's address, so what unread
// answers hold is counted by the namespace that they were asked about (Exchange::on_behalf_of).

#include <functional>
#include <map>
#include <string>

#include "base/sync.h"
#include "experiment/history.h"
#include "net/http_server.h"
#include "operator/activity/credentials.h"
#include "operator/activity/worker_client.h"
#include "records/pod/bundle.h"
#include "store/pool.h"

namespace pedigree::control {

// Requests that are worked on at a time for one namespace: some handlers are left for the others.
constexpr unsigned read_handlers = 8;
constexpr std::size_t requests_per_namespace_max = 6;

constexpr std::int64_t log_segment_bytes_max = 4 * 1024 * 1024; // as the recorder ships them
// Of a large account (records/pod/bundle_pages.h) so many pages are looked at for metrics.
constexpr std::size_t metric_pages_max = 64;
// And for the files of an artifact.
constexpr std::size_t manifest_pages_max = 64;
// Of bytes that several attempts made, so many of these are looked at, the newest.
constexpr std::size_t same_bytes_attempts_max = 4;

struct ReadApiParts {
    store::Pool& pool; // role pedigree_writer: may read the operator's rows and the graph
    Worker& worker;
    const spec::Configuration& configuration;
    PlatformCredentials credentials; // of the artifact store, for logs
    // Client CNs of the front proxy as they are now; none: any that the client CA signed.
    std::function<std::vector<std::string>()> allowed_proxies;
    // Progress of an Experiment's running activity, if this replica runs it.
    std::function<std::string(const std::string& experiment_uid)> activity_progress;
};

class ReadApi {
  public:
    explicit ReadApi(ReadApiParts parts) : parts_(std::move(parts)) {}
    void handle(net::Exchange& exchange) const;

  private:
    struct Call;
    class Turn;
    void answer(const Call& call, net::Exchange& exchange) const;
    Result<Json> trace(const Call& call) const;
    Result<Json> find(const Call& call) const;
    Result<Json> progress(const Call& call) const;
    Result<Json> trials(const Call& call) const;
    // The newest of the name that the call gives; NotFound says so.
    static Result<experiment::ExperimentRow> experiment_named(store::Transaction& transaction,
                                                              const Call& call);
    Result<Json> metrics(const Call& call) const;
    struct RecordPlace {
        std::string prefix, pod_uid; // records::pod::bundle_key and its like
        std::string experiment_uid;
        std::int64_t trial = 0, attempt = 0;
        experiment::RecordProof proof = experiment::RecordProof::None; // None: not recorded
        std::string experiment, project;                               // names
        bool shared = false; // the prefix is not the namespace's own (AttemptRow::store_prefix)
    };
    static RecordPlace place_of(const experiment::ExperimentRow& experiment,
                                const experiment::AttemptRow& attempt,
                                const spec::Platform& platform);
    struct Objects;
    Status objects(const Call& call, net::Exchange& exchange) const;
    struct LogReading;
    Status logs(const Call& call, net::Exchange& exchange) const;
    // Of the trial and the attempt that the call names; without numbers the last attempt that ran,
    // of the trial that is meant then.
    enum class Unsaid { LastTrial, BestTrial };
    Result<RecordPlace> place_of_record(store::Transaction& transaction, const Call& call,
                                        Unsaid unsaid) const;
    // The account that was fetched when the attempt was recorded; empty: nothing yet, it was lost,
    // or it was refused as somebody else's word.
    static Result<std::string> recorded_outcome(store::Transaction& transaction,
                                                const RecordPlace& place);
    static Result<records::pod::Bundle> account_in(const std::string& outcome);
    // As it was recorded, with its pages as far as they are looked at; whether there are more.
    struct Account;
    Result<Account> account_at(const Call& call, const RecordPlace& place,
                               const std::string& outcome) const;
    void send_log(net::Exchange& exchange, const std::string& name_space, RecordPlace place,
                  std::int64_t from) const;
    Result<std::string> page_of(const std::string& name_space, const RecordPlace& place,
                                std::size_t number) const;
    Result<std::string> object(const std::string& name_space, const std::string& key,
                               std::int64_t bytes_max) const;
    // Fewer bytes where the object ends before.
    Result<std::string> object_part(const std::string& name_space, const std::string& key,
                                    std::int64_t from, std::int64_t bytes_max) const;
    Result<std::string> fetched(const spec::Platform& platform, const std::string& key,
                                const Json& input) const;

    const ReadApiParts parts_;
    mutable Sync<std::map<std::string, std::size_t>> in_work_; // by namespace
};

} // namespace pedigree::control
