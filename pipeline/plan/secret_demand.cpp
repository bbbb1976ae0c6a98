#include "pipeline/plan/secret_demand.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/digest.h"
#include "pipeline/spec/syntax.h"

namespace pedigree::plan {
namespace {

using KeySets = std::vector<std::vector<std::string>>;

const KeySets basic_or_token{{"username", "password"}, {"token"}};
const KeySets ssh_key{{"ssh-privatekey", "known_hosts"}};
const KeySets pull_config{{".dockerconfigjson"}};
const KeySets object_store{{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}};

// "registry.example.com/tensorflow:2.13.0@sha256:..." -> "registry.example.com"
std::string registry_of(const std::string& image) {
    return image.substr(0, image.find('/'));
}

std::string value_of(const Json& secret, const std::string& key) {
    return from_base64(string_or(at_path(secret, {"data"}), key)).value_or("");
}

bool has_value(const Json& secret, const std::string& key) {
    return !without_line_end(value_of(secret, key)).empty();
}

std::string keys_of(const Json& secret) {
    std::string keys;
    for (const auto& [key, value] : at_path(secret, {"data"}).items()) {
        keys += (keys.empty() ? "" : ", ") + key;
    }
    return keys.empty() ? "none" : keys;
}

// Keys whose value is a file's, which may end as files do.
bool is_file(const std::string& key) {
    return key == ".dockerconfigjson" || key == "ssh-privatekey" || key == "known_hosts";
}

// Where there is no choice, only what is missing is named.
KeySets missing(const KeySets& sets, const Json& secret) {
    KeySets left = sets;
    if (left.size() == 1) {
        std::erase_if(left.front(), [&](const std::string& key) { return has_value(secret, key); });
    }
    return left;
}

std::string wanted(const KeySets& sets) {
    std::string text;
    for (const auto& set : sets) {
        std::string keys;
        for (const std::string& key : set) {
            keys += (keys.empty() ? "" : " and ") + key;
        }
        text += (text.empty() ? "" : ", or ") + keys;
    }
    return text;
}

} // namespace

std::vector<SecretDemand> secret_demands(const spec::ExperimentSpec& spec,
                                         const spec::Platform& platform) {
    std::vector<SecretDemand> demands;
    const auto add = [&](const std::string& name, std::string purpose, std::string host,
                         const KeySets& keys) {
        if (!name.empty()) {
            demands.push_back({name, std::move(purpose), std::move(host), keys});
        }
    };
    add(spec.source.git.secret_name, "spec.source.git.secretName",
        spec::host_of(spec.source.git.url),
        spec.source.git.url.starts_with("ssh://") ? ssh_key : basic_or_token);
    const std::string base = spec.image.prebuilt ? spec.image.prebuilt->image : spec.image.base;
    add(spec.image.pull_secret_name, "spec.image.pullSecretName", registry_of(base), pull_config);
    for (const spec::InputSpec& input : spec.inputs) {
        const bool s3 = input.uri.starts_with("s3://");
        add(input.secret_name, "spec.inputs." + input.name + ".secretName",
            s3 ? "" : spec::host_of(input.uri), s3 ? object_store : basic_or_token);
    }
    if (spec.mlflow) {
        add(spec.mlflow->secret_name, "spec.trackers.mlflow.secretName",
            spec::host_of(spec.mlflow->url), basic_or_token);
    }
    add(platform.registry.pull_secret_name, "the operator's registry.pullSecretName", "",
        pull_config);
    add(platform.artifact_store.secret_name, "the operator's artifactStore.secretName", "",
        object_store);
    return demands;
}

std::optional<SecretProblem> check_secret(const SecretDemand& demand, const std::string& name_space,
                                          const Json& secret) {
    const std::string full = name_space + "/" + demand.name;
    if (!secret.is_object()) {
        return SecretProblem{"SecretMissing",
                             fmt::format("Secret {} does not exist ({} names it); create it with "
                                         "key {} (E0134)",
                                         full, demand.purpose, wanted(demand.key_sets))};
    }
    const bool complete = std::any_of(
        demand.key_sets.begin(), demand.key_sets.end(), [&](const std::vector<std::string>& set) {
            return std::all_of(set.begin(), set.end(),
                               [&](const std::string& key) { return has_value(secret, key); });
        });
    if (!complete) {
        return SecretProblem{"SecretKeyMissing",
                             fmt::format("Secret {} has no key {}; keys: {} (E0134)", full,
                                         wanted(missing(demand.key_sets, secret)),
                                         keys_of(secret))};
    }
    const std::string hosts =
        string_or(at_path(secret, {"metadata", "annotations"}), hosts_annotation);
    if (!demand.host.empty() && !spec::names_host(hosts, demand.host)) {
        return SecretProblem{
            "SecretHostNotAllowed",
            fmt::format("Secret {} may not be used for {}: its annotation {} {}; add the host "
                        "there if it is right (E0134)",
                        full, demand.host, hosts_annotation,
                        hosts.empty() ? "is absent" : "names " + hosts)};
    }
    return std::nullopt;
}

std::string without_line_end(std::string value) {
    value.erase(value.find_last_not_of("\r\n") + 1);
    return value;
}

std::vector<std::string> secret_warnings(const SecretDemand& demand, const std::string& name_space,
                                         const Json& secret) {
    std::vector<std::string> warnings;
    for (const auto& set : demand.key_sets) {
        for (const std::string& key : set) {
            const std::string value = is_file(key) ? "" : value_of(secret, key);
            if (value != without_line_end(value)) {
                warnings.push_back(
                    fmt::format("warning: {} of Secret {}/{} ends in a line feed, which "
                                "is left out; make it with printf '%s' (E0134)",
                                key, name_space, demand.name));
            }
        }
    }
    return warnings;
}

} // namespace pedigree::plan
