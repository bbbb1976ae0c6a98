#include "operator/reconcile/api_server.h"

#include <utility>

#include <nlohmann/json.hpp>

#include "experiment/status/without_decision.h"

namespace pedigree::control {
namespace {

template <typename Answer>
Answer said(Answer answer) {
    if (!answer && answer.error().reason.empty() &&
        prospect_of(answer.error().code) != Prospect::Passing) {
        answer.error().reason = experiment::api_server_refused_reason;
    }
    return answer;
}

} // namespace

Result<Json> ApiServer::get(const k8s::ResourceType& type, const k8s::ObjectKey& key) {
    return said(api_.get(type, key));
}

Result<k8s::ObjectList> ApiServer::list(const k8s::ResourceType& type,
                                        const k8s::ListOptions& options) {
    return said(api_.list(type, options));
}

Result<Json> ApiServer::create(const k8s::ResourceType& type, const Json& object) {
    return said(api_.create(type, object));
}

Result<Json> ApiServer::replace(const k8s::ResourceType& type, const Json& object) {
    return said(api_.replace(type, object));
}

Result<Json> ApiServer::patch(const k8s::ResourceType& type, const k8s::ObjectKey& key,
                              k8s::PatchKind kind, const Json& body,
                              const k8s::PatchOptions& options) {
    return said(api_.patch(type, key, kind, body, options));
}

Status ApiServer::remove(const k8s::ResourceType& type, const k8s::ObjectKey& key,
                         const k8s::DeleteOptions& options) {
    return said(api_.remove(type, key, options));
}

Status ApiServer::watch(const k8s::ResourceType& type, const k8s::WatchOptions& options,
                        const k8s::ByteSink& sink, std::stop_token stop) {
    return api_.watch(type, options, sink, std::move(stop));
}

Status ApiServer::pod_log(const k8s::ObjectKey& pod, const k8s::LogOptions& options,
                          const k8s::ByteSink& sink, std::stop_token stop) {
    return api_.pod_log(pod, options, sink, std::move(stop));
}

} // namespace pedigree::control
