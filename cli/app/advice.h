#pragma once
// What a person can do about an error of somebody else: said where the call was made, since only
// there is known whom it asked. An error's message carries it to the end, "no answer; check that
// ...": whoever prints it adds nothing. Wrap what is asked:
//
//     AdvisedApi api(client);            // the API server
//     AdvisedHttp http(plain_http);      // registries and package indexes

#include <memory>
#include <string>

#include "k8s/api.h"
#include "net/http.h"

namespace pedigree::cli {

// An error of the API server. One that says what to do is not told a second time.
Error advised_by_cluster(Error error);

// The error as it was: for who knows better whom it is about, such as a server behind the API
// server.
Error without_advice(Error error);

// Any number of threads, if `inner` takes them.
class AdvisedApi final : public k8s::Api {
  public:
    explicit AdvisedApi(k8s::Api& inner) : inner_(inner) {}

    Result<Json> get(const k8s::ResourceType& type, const k8s::ObjectKey& key) override;
    Result<k8s::ObjectList> list(const k8s::ResourceType& type,
                                 const k8s::ListOptions& options) override;
    Result<Json> create(const k8s::ResourceType& type, const Json& object) override;
    Result<Json> replace(const k8s::ResourceType& type, const Json& object) override;
    Result<Json> patch(const k8s::ResourceType& type, const k8s::ObjectKey& key,
                       k8s::PatchKind kind, const Json& body,
                       const k8s::PatchOptions& options) override;
    Status remove(const k8s::ResourceType& type, const k8s::ObjectKey& key,
                  const k8s::DeleteOptions& options) override;
    Status watch(const k8s::ResourceType& type, const k8s::WatchOptions& options,
                 const k8s::ByteSink& sink, std::stop_token stop) override;
    Status pod_log(const k8s::ObjectKey& pod, const k8s::LogOptions& options,
                   const k8s::ByteSink& sink, std::stop_token stop) override;

  private:
    k8s::Api& inner_;
};

class AdvisedHttp final : public net::Http {
  public:
    explicit AdvisedHttp(net::Http& inner) : inner_(inner) {}
    using net::Http::send;
    Result<net::Response> send(const net::Request& request, std::stop_token stop) override;

  private:
    net::Http& inner_;
};

} // namespace pedigree::cli
