#include "operator/activity/credentials.h"

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "pipeline/plan/secret_demand.h"

namespace pedigree::control {
namespace {

constexpr std::size_t credential_bytes_max = 64 * 1024;

Result<std::map<std::string, Secret>> values_of(const Json& secret) {
    std::map<std::string, Secret> values;
    for (const auto& [key, value] : at_path(secret, {"data"}).items()) {
        TRY(std::string bytes, from_base64(value.is_string() ? value.get<std::string>() : ""));
        values.emplace(key, Secret(plan::without_line_end(std::move(bytes))));
    }
    return values;
}

} // namespace

Result<Secret> mounted(const std::string& directory, const std::string& key) {
    TRY(std::string value, read_file(directory + "/" + key, credential_bytes_max));
    return Secret(plan::without_line_end(std::move(value)));
}

Result<std::map<std::string, Secret>> secret_of(const Subject& subject, const std::string& name) {
    TRY(const Json object,
        subject.from.api.get(k8s::secrets, {subject.experiment.name_space, name}));
    return values_of(object);
}

Result<records::work::GitSource> git_source(const Subject& subject) {
    const spec::GitSpec& git = subject.spec.source.git;
    records::work::GitSource source{.url = git.url,
                                    .ref = git.ref,
                                    .commit = git.commit,
                                    .subdirectory = subject.spec.source.subdirectory,
                                    .credential = std::nullopt,
                                    .ca_pem = subject.platform.ca_bundle};
    source.submodules = git.submodules == spec::Submodules::Pinned;
    if (git.secret_name.empty()) {
        return source;
    }
    TRY(const Json object,
        subject.from.api.get(k8s::secrets, {subject.experiment.name_space, git.secret_name}));
    TRY(auto values, values_of(object));
    const bool ssh = git.url.starts_with("ssh://");
    if (source.submodules) { // which hosts may see the Secret, the worker decides for each of them
        source.secret_hosts =
            string_or(at_path(object, {"metadata", "annotations"}), plan::hosts_annotation);
    }
    if (ssh || source.submodules) {
        source.ssh_private_key = values["ssh-privatekey"];
        source.known_hosts = values["known_hosts"].reveal();
    }
    Secret password = values.contains("token") ? values["token"] : values["password"];
    if (!ssh || (source.submodules && !password.empty())) {
        source.credential = records::work::BasicCredential{.username = values["username"].reveal(),
                                                           .password = std::move(password)};
    }
    return source;
}

Result<records::work::TrackerTarget> tracker_target(const Subject& subject) {
    const auto& mlflow = subject.spec.mlflow;
    if (!mlflow) {
        return failure(ErrorCode::Internal, "no tracker is declared");
    }
    records::work::TrackerTarget target{
        .url = mlflow->url, .basic = {}, .token = {}, .ca_pem = subject.platform.ca_bundle};
    if (!mlflow->secret_name.empty()) {
        TRY(auto values, secret_of(subject, mlflow->secret_name));
        if (values.contains("token")) {
            target.token = values["token"];
        } else {
            target.basic = records::work::BasicCredential{.username = values["username"].reveal(),
                                                          .password = values["password"]};
        }
    }
    subject.from.known_targets->remember(subject.experiment.uid, target);
    return target;
}

Result<records::work::TrackerTarget> last_tracker_target(const Subject& subject) {
    auto target = tracker_target(subject);
    const auto known = subject.from.known_targets->of(subject.experiment.uid);
    const bool gone = !target && target.error().code == ErrorCode::NotFound;
    return gone && known ? *known : std::move(target);
}

Result<records::work::FetchObjectInput> object_input(const spec::Platform& platform,
                                                     const PlatformCredentials& credentials,
                                                     const std::string& key) {
    records::work::FetchObjectInput input;
    input.endpoint = platform.artifact_store.endpoint;
    input.region = platform.artifact_store.region;
    input.bucket = platform.artifact_store.bucket;
    input.key = key;
    TRY(const Secret id, mounted(credentials.artifact_store_directory, "AWS_ACCESS_KEY_ID"));
    TRY(input.secret_access_key,
        mounted(credentials.artifact_store_directory, "AWS_SECRET_ACCESS_KEY"));
    input.access_key_id = id.reveal();
    return input;
}

} // namespace pedigree::control
