#include "pipeline/spec/configuration.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/digest.h"

#include "pipeline/spec/field_error.h"
#include "pipeline/spec/image_reference.h"
#include "pipeline/spec/syntax.h"

namespace pedigree::spec {
namespace {

// Typed access to members of an object, with the path in every error; unknown members are refused.
class Section {
  public:
    static Result<Section> of(const Json& parent, std::string_view name, std::string path,
                              std::initializer_list<std::string_view> known) {
        const Json& object = name.empty() ? parent : at_path(parent, {name});
        if (!object.is_object() && !object.is_null()) {
            return failure(ErrorCode::InvalidInput, path + ": must be an object");
        }
        for (const auto& [key, value] : object.items()) {
            if (std::find(known.begin(), known.end(), key) == known.end()) {
                return failure(ErrorCode::InvalidInput,
                               fmt::format("{}: unknown field \"{}\"", path, key));
            }
        }
        return Section(object, std::move(path));
    }

    Status read(std::string_view name, std::string& out) const {
        return read_as(name, &Json::is_string, "a string", out);
    }
    Status read(std::string_view name, bool& out) const {
        return read_as(name, &Json::is_boolean, "true or false", out);
    }
    Status read(std::string_view name, std::int64_t& out) const {
        return read_as(name, &Json::is_number_integer, "an integer", out);
    }
    Status read(std::string_view name, std::vector<std::string>& out) const {
        const Json& value = at_path(object_, {name});
        for (const Json& item : value.is_null() ? Json::array() : value) {
            if (!value.is_array() || !item.is_string()) {
                return failure(ErrorCode::InvalidInput,
                               fmt::format("{}.{}: must be a list of strings", path_, name));
            }
            out.push_back(item.get<std::string>());
        }
        return {};
    }
    const Json& object() const { return object_; }

  private:
    Section(const Json& object, std::string path) : object_(object), path_(std::move(path)) {}

    template <typename T>
    Status read_as(std::string_view name, bool (Json::*is)() const noexcept, std::string_view type,
                   T& out) const {
        const Json& value = at_path(object_, {name});
        if (value.is_null()) {
            return {};
        }
        if (!(value.*is)()) {
            return failure(ErrorCode::InvalidInput,
                           fmt::format("{}.{}: must be {}", path_, name, type));
        }
        out = value.get<T>();
        return {};
    }

    const Json& object_;
    std::string path_;
};

Status read_registry(const Json& document, const std::string& path, PlatformRegistry& out) {
    TRY(const auto section,
        Section::of(document, "registry", path + ".registry",
                    {"host", "pullHost", "prefix", "plainHttp", "pullSecretName"}));
    TRY(section.read("host", out.host));
    TRY(section.read("pullHost", out.pull_host));
    TRY(section.read("prefix", out.prefix));
    TRY(section.read("plainHttp", out.plain_http));
    return section.read("pullSecretName", out.pull_secret_name);
}

Status read_store(const Json& document, const std::string& path, PlatformStore& out) {
    TRY(const auto section, Section::of(document, "artifactStore", path + ".artifactStore",
                                        {"endpoint", "region", "bucket", "prefix", "secretName"}));
    TRY(section.read("endpoint", out.endpoint));
    TRY(section.read("region", out.region));
    TRY(section.read("bucket", out.bucket));
    TRY(section.read("prefix", out.prefix));
    return section.read("secretName", out.secret_name);
}

Status read_mlflow(const Json& document, const std::string& path, std::optional<MlflowSpec>& out) {
    TRY(const auto section,
        Section::of(document, "mlflow", path + ".mlflow", {"url", "experimentName", "secretName"}));
    if (section.object().is_null()) {
        return {};
    }
    MlflowSpec mlflow;
    TRY(section.read("url", mlflow.url));
    TRY(section.read("experimentName", mlflow.experiment_name));
    TRY(section.read("secretName", mlflow.secret_name));
    out = std::move(mlflow);
    return {};
}

Status require(const std::string& value, const std::string& path) {
    return value.empty() ? Status(failure(ErrorCode::InvalidInput, path + ": Required value"))
                         : Status();
}

// "https://registry.example.com" would become part of every image's name.
Status check_host(const std::string& value, const std::string& path) {
    return value.find('/') == std::string::npos
               ? Status()
               : failure(ErrorCode::InvalidInput,
                         path + ": must be a host, with a port or without, such as "
                                "registry.example.com:5000");
}

Status require_url(const std::string& value, const std::string& path) {
    TRY(require(value, path));
    if (!is_http_or_https_url(value) || has_user_information(value)) {
        return failure(ErrorCode::InvalidInput,
                       path + ": must be an http:// or https:// URL with a host, without user "
                              "information and query");
    }
    return {};
}

// What is there may still be of no use.
Status check_values(const Platform& platform, const std::string& path) {
    TRY(require(platform.registry.host, path + ".registry.host"));
    TRY(check_host(platform.registry.host, path + ".registry.host"));
    TRY(check_host(platform.registry.pull_host, path + ".registry.pullHost"));
    TRY(require_url(platform.index_url, path + ".indexUrl"));
    TRY(require_url(platform.artifact_store.endpoint, path + ".artifactStore.endpoint"));
    TRY(require(platform.artifact_store.bucket, path + ".artifactStore.bucket"));
    TRY(require(platform.pod_image, path + ".podImage"));
    if (const auto image = parse_image_reference(platform.pod_image); !image) {
        return failure(ErrorCode::InvalidInput, path + ".podImage: " + image.error().message);
    }
    for (const std::string& digest : platform.pod_image_digests) {
        if (!Digest::parse(digest)) {
            return failure(ErrorCode::InvalidInput,
                           path + ".podImageDigests: each must be sha256: and 64 hex digits");
        }
    }
    if (platform.mlflow) {
        TRY(require_url(platform.mlflow->url, path + ".mlflow.url"));
    }
    if (platform.keep_finished_pods_seconds < 0) {
        return failure(ErrorCode::InvalidInput,
                       path + ".keepFinishedPodsSeconds: must not be negative");
    }
    return {};
}

Result<Platform> platform_from(const Json& document, const std::string& path) {
    Platform platform;
    TRY(const auto section,
        Section::of(document, "", path,
                    {"registry", "indexUrl", "caBundle", "artifactStore", "mlflow", "podImage",
                     "podImageDigests", "egress", "keepFinishedPodsSeconds"}));
    TRY(read_registry(document, path, platform.registry));
    TRY(section.read("indexUrl", platform.index_url));
    TRY(section.read("caBundle", platform.ca_bundle));
    TRY(read_store(document, path, platform.artifact_store));
    TRY(read_mlflow(document, path, platform.mlflow));
    TRY(section.read("podImage", platform.pod_image));
    TRY(section.read("podImageDigests", platform.pod_image_digests));
    TRY(section.read("keepFinishedPodsSeconds", platform.keep_finished_pods_seconds));
    TRY(const auto egress,
        Section::of(document, "egress", path + ".egress", {"allowedNetworks", "refusedNetworks"}));
    TRY(egress.read("allowedNetworks", platform.egress.allowed_networks));
    TRY(egress.read("refusedNetworks", platform.egress.refused_networks));
    TRY(check_values(platform, path));
    return platform;
}

} // namespace

Result<Configuration> Configuration::parse(const Json& document) {
    TRY(Section::of(document, "", "config.json", {"defaults", "namespaces"}));
    Configuration configuration;
    const Json& defaults = at_path(document, {"defaults"});
    TRY(configuration.defaults_, platform_from(defaults, "defaults"));
    for (const auto& [name, overlay] : at_path(document, {"namespaces"}).items()) {
        Json merged = defaults;
        merged.merge_patch(overlay);
        TRY(Platform platform, platform_from(merged, "namespaces." + name));
        configuration.namespaces_.emplace(name, std::move(platform));
    }
    return configuration;
}

std::string PlatformRegistry::repository_of(std::string_view name_space) const {
    return prefix.empty() ? std::string(name_space) : fmt::format("{}/{}", prefix, name_space);
}

std::string PlatformRegistry::as_pulled(const std::string& image) const {
    return pull_host.empty() || !image.starts_with(host + "/")
               ? image
               : pull_host + image.substr(host.size());
}

std::string PlatformStore::keys_of(std::string_view name_space) const {
    return fmt::format("{}namespaces/{}/", prefix, name_space);
}

const Platform& Configuration::effective(std::string_view name_space) const {
    const auto found = namespaces_.find(name_space);
    return found == namespaces_.end() ? defaults_ : found->second;
}

Result<ExperimentSpec> effective_spec(ExperimentSpec spec, const Platform& platform) {
    if (!spec.mlflow) {
        spec.mlflow = platform.mlflow;
    }
    if (!spec.mlflow) {
        return spec;
    }
    MlflowSpec& mlflow = *spec.mlflow;
    if (mlflow.url.empty()) {
        if (!platform.mlflow) {
            return failure(
                ErrorCode::InvalidInput, "InvalidSpec",
                to_text(FieldError{"spec.trackers.mlflow.url", FieldErrorType::Required, "E0100",
                                   "", "the platform has no default server", ""}));
        }
        // The platform's Secret is for the platform's server alone.
        mlflow.url = platform.mlflow->url;
        if (mlflow.secret_name.empty()) {
            mlflow.secret_name = platform.mlflow->secret_name;
        }
        if (mlflow.experiment_name.empty()) {
            mlflow.experiment_name = platform.mlflow->experiment_name;
        }
    }
    if (mlflow.experiment_name.empty()) {
        mlflow.experiment_name = spec.project;
    }
    return spec;
}

} // namespace pedigree::spec
