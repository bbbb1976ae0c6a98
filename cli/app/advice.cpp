#include "cli/app/advice.h"

#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "net/url.h"

namespace pedigree::cli {

namespace {

std::string_view step_for_cluster(ErrorCode code) {
    switch (code) {
    case ErrorCode::Unauthorized:
        return "check the user of the kubeconfig: kubectl auth whoami";
    case ErrorCode::Forbidden:
        return "ask for the right, or choose another namespace with -n";
    case ErrorCode::Unavailable:
    case ErrorCode::Timeout:
        return "check that the cluster answers: kubectl cluster-info";
    case ErrorCode::TooMany:
        return "the API server is busy; try again";
    default:
        return "";
    }
}

template <typename Value>
Result<Value> advised(Result<Value> result) {
    return result ? std::move(result)
                  : tl::unexpected(advised_by_cluster(std::move(result).error()));
}

} // namespace

Error advised_by_cluster(Error error) {
    const std::string_view step = step_for_cluster(error.code);
    if (!step.empty() && error.message.find(step) == std::string::npos) {
        error.message += fmt::format("; {}", step);
    }
    return error;
}

Error without_advice(Error error) {
    const std::string step = fmt::format("; {}", step_for_cluster(error.code));
    if (error.message.ends_with(step)) {
        error.message.resize(error.message.size() - step.size());
    }
    return error;
}

Result<Json> AdvisedApi::get(const k8s::ResourceType& type, const k8s::ObjectKey& key) {
    return advised(inner_.get(type, key));
}

Result<k8s::ObjectList> AdvisedApi::list(const k8s::ResourceType& type,
                                         const k8s::ListOptions& options) {
    return advised(inner_.list(type, options));
}

Result<Json> AdvisedApi::create(const k8s::ResourceType& type, const Json& object) {
    return advised(inner_.create(type, object));
}

Result<Json> AdvisedApi::replace(const k8s::ResourceType& type, const Json& object) {
    return advised(inner_.replace(type, object));
}

Result<Json> AdvisedApi::patch(const k8s::ResourceType& type, const k8s::ObjectKey& key,
                               k8s::PatchKind kind, const Json& body,
                               const k8s::PatchOptions& options) {
    return advised(inner_.patch(type, key, kind, body, options));
}

Status AdvisedApi::remove(const k8s::ResourceType& type, const k8s::ObjectKey& key,
                          const k8s::DeleteOptions& options) {
    return advised(inner_.remove(type, key, options));
}

Status AdvisedApi::watch(const k8s::ResourceType& type, const k8s::WatchOptions& options,
                         const k8s::ByteSink& sink, std::stop_token stop) {
    return advised(inner_.watch(type, options, sink, stop));
}

Status AdvisedApi::pod_log(const k8s::ObjectKey& pod, const k8s::LogOptions& options,
                           const k8s::ByteSink& sink, std::stop_token stop) {
    return advised(inner_.pod_log(pod, options, sink, stop));
}

Result<net::Response> AdvisedHttp::send(const net::Request& request, std::stop_token stop) {
    auto response = inner_.send(request, stop);
    if (response || (response.error().code != ErrorCode::Unavailable &&
                     response.error().code != ErrorCode::Timeout)) {
        return response;
    }
    const auto url = net::parse_url(request.url);
    Error error = std::move(response).error();
    error.message += fmt::format("; check that {} answers, and name it in --plain-http if it is a "
                                 "registry without TLS",
                                 url ? url->authority() : "the host");
    return tl::unexpected(std::move(error));
}

} // namespace pedigree::cli
