#pragma once
// Configuration: what the platform owns and no Experiment says: registry, package index, stores,
// default tracker, egress, limits. It is the JSON document `config.json` of ConfigMap
// pedigree-config:
// {"defaults": PLATFORM, "namespaces": {NAME: PLATFORM}}; a namespace's entry is laid over the
// defaults member by member (RFC 7386). Pure; parse errors name the field. Immutable after parsing.
//
// PLATFORM: {"registry": {"host", "pullHost", "prefix", "plainHttp", "pullSecretName"}, "indexUrl",
// "caBundle", "artifactStore": {"endpoint", "region", "bucket", "prefix", "secretName"}, "mlflow":
// {"url", "experimentName", "secretName"}, "podImage", "podImageDigests", "egress":
// {"allowedNetworks", "refusedNetworks"}, "keepFinishedPodsSeconds"}

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "pipeline/spec/experiment.h"

namespace pedigree::spec {

struct PlatformRegistry {
    std::string host;      // where images are pushed: "registry.example.com" or with a port
    std::string pull_host; // the same registry as the nodes know it; "" if by the same name
    std::string prefix;
    bool plain_http = false;
    std::string pull_secret_name; // in every user's namespace; "" if pulling needs no login

    // Where the images of a namespace are kept: "<prefix>/vision".
    std::string repository_of(std::string_view name_space) const;

    // The image as a pod has to name it. One of another registry stays as it is.
    std::string as_pulled(const std::string& image) const;
};

struct PlatformStore { // S3 compatible
    std::string endpoint;
    std::string region = "us-east-1";
    std::string bucket;
    std::string prefix;
    std::string secret_name; // in every user's namespace

    // All that belongs to a namespace lies below: "<prefix>namespaces/vision/".
    std::string keys_of(std::string_view name_space) const;
};

struct PlatformEgress { // CIDRs, for the worker
    std::vector<std::string> allowed_networks;
    std::vector<std::string> refused_networks;
};

struct Platform {
    PlatformRegistry registry;
    std::string index_url;
    std::string ca_bundle; // PEM; trusted beside the system's CAs
    PlatformStore artifact_store;
    std::optional<MlflowSpec> mlflow; // for Experiments that name no tracker
    std::string pod_image;            // pedigree's own image, by digest
    // Its other names, which a node may report: of the platforms' manifests, if it is an index, and
    // of their configurations.
    std::vector<std::string> pod_image_digests;
    PlatformEgress egress;
    std::int64_t keep_finished_pods_seconds = 3600;
};

class Configuration {
  public:
    // InvalidInput naming the field: registry.host, indexUrl, artifactStore and podImage (by
    // digest) are needed.
    static Result<Configuration> parse(const Json& document);

    const Platform& effective(std::string_view name_space) const;

  private:
    Platform defaults_;
    std::map<std::string, Platform, std::less<>> namespaces_;
};

// The spec as it is executed: the platform's tracker filled in where the spec names none, or only
// some of it; the MLflow experiment is the project's unless named. InvalidInput: a tracker without
// a server.
Result<ExperimentSpec> effective_spec(ExperimentSpec spec, const Platform& platform);

} // namespace pedigree::spec
