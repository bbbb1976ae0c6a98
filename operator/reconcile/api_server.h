#pragma once
// ApiServer: the API server as the Reconciler asks it. What it refuses for good says whose word it
// is (Error::reason), so that a person is not sent to its rights for an error of somebody else's.
// Any thread may call.

#include "k8s/api.h"

namespace pedigree::control {

class ApiServer final : public k8s::Api {
  public:
    explicit ApiServer(k8s::Api& api) : api_(api) {}

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
    k8s::Api& api_;
};

} // namespace pedigree::control
