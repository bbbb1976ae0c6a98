#pragma once
// ApiServers: the operator's two TLS servers, which every replica has, leading or not.
//
//   reads (8443)    the aggregated API `lineage.pedigree.dev`, for the API server's front proxy
//   events (8444)   what recorders say and ask; any pod may connect here
//
// A thread of its own ("identity") looks whether the certificate or the front proxy's CA has
// changed, and gives the new ones to both servers without closing a connection.

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "net/http_server.h"
#include "operator/activity/worker_client.h"
#include "operator/api/event_api.h"
#include "operator/api/read_api.h"
#include "operator/api/serving_identity.h"
#include "operator/program.h"

namespace pedigree::control {

// All of it must outlive the servers.
struct ApiServersParts {
    const ProgramOptions& options;
    k8s::Api& api;
    store::Pool& pool;      // for events
    store::Pool& read_pool; // so that who reads much keeps no event out
    WorkerClient& worker;
    const spec::Configuration& configuration;
    const Clock& clock;
    ServingIdentity& identity; // has been looked at once; from here on only the thread looks
    std::function<std::string(const std::string& uid)> activity_progress;
};

class ApiServers {
  public:
    static Result<std::unique_ptr<ApiServers>> start(const ApiServersParts& parts);

    // Ends the thread, then both servers; what is being answered is answered. Once.
    void stop();

  private:
    explicit ApiServers(const ApiServersParts& parts);
    Status listen(const ProgramOptions& options);
    net::ServerTls read_tls() const;
    net::ServerTls event_tls() const;
    void keep_identity(std::stop_token ending);

    ServingIdentity& identity_;
    ReadApi read_api_;
    EventApi event_api_;
    std::unique_ptr<net::HttpServer> reads_, events_;
    std::jthread keeper_;
};

} // namespace pedigree::control
