#include "operator/api/identity_store.h"

#include <nlohmann/json.hpp>

#include "base/digest.h"
#include "base/log.h"

namespace pedigree::control {
namespace {

Result<std::string> decoded(const Json& data, std::string_view key) {
    return from_base64(string_or(data, key));
}

Result<ServerIdentity> identity_in(const Json& secret) {
    const Json& data = at_path(secret, {"data"});
    TRY(std::string ca, decoded(data, "ca.crt"));
    TRY(std::string certificate, decoded(data, "tls.crt"));
    TRY(std::string key, decoded(data, "tls.key"));
    return ServerIdentity{std::move(ca), std::move(certificate), Secret(std::move(key))};
}

} // namespace

Result<ServerIdentity> obtain_identity(k8s::Api& api, const IdentityPlace& place, Instant now) {
    const std::string host = place.service_name + "." + place.name_space + ".svc";
    const k8s::ObjectKey key{place.name_space, tls_secret_name};
    for (int tries_left = 5; tries_left > 0; --tries_left) {
        TRY(Json secret, api.get(k8s::secrets, key));
        if (auto known = identity_in(secret); known && identity_serves(*known, host, now)) {
            return known;
        }
        TRY(auto made, make_identity({host, host + ".cluster.local", place.service_name}, now));
        secret["data"] = {{"ca.crt", to_base64(made.ca_pem)},
                          {"tls.crt", to_base64(made.certificate_pem)},
                          {"tls.key", to_base64(made.key_pem.reveal())}};
        const auto written = api.replace(k8s::secrets, secret);
        if (written) {
            log_info("made a new certificate for the operator", {{"host", host}});
            return made;
        }
        if (written.error().code != ErrorCode::Conflict) {
            return tl::unexpected<Error>(
                Error(written.error()).within("writing Secret " + key.text()));
        }
    }
    return failure(ErrorCode::Conflict, "Secret " + key.text() + " keeps changing");
}

Status publish_ca(k8s::Api& api, const std::string& ca_pem) {
    const k8s::ObjectKey key{"", api_service_name};
    const std::string bundle = to_base64(ca_pem);
    TRY(const Json service, api.get(k8s::api_services, key));
    if (string_or(at_path(service, {"spec"}), "caBundle") == bundle) {
        return {};
    }
    TRY(api.patch(k8s::api_services, key, k8s::PatchKind::Merge,
                  Json{{"spec", {{"caBundle", bundle}}}},
                  {.subresource = "", .field_manager = "pedigree-operator", .force = false}));
    return {};
}

Result<FrontProxy> front_proxy(k8s::Api& api) {
    TRY(const Json map,
        api.get(k8s::config_maps, {"kube-system", "extension-apiserver-authentication"}));
    const Json& data = at_path(map, {"data"});
    FrontProxy proxy;
    TRY(proxy.client_ca_pem, string_field(data, "requestheader-client-ca-file"));
    const auto names = parse_json(string_or(data, "requestheader-allowed-names", "[]"));
    for (const Json& name : names ? *names : Json::array()) {
        if (name.is_string()) {
            proxy.allowed_names.push_back(name.get<std::string>());
        }
    }
    return proxy;
}

} // namespace pedigree::control
