#pragma once
// Keeps the operator's certificate in the shipped Secret pedigree-tls (which it may update, not
// create) and tells the APIService which CA to trust. The replicas share one identity: whoever
// finds none or an old one makes it; a conflict means that the other was faster.

#include <string>

#include "base/clock.h"
#include "k8s/api.h"
#include "operator/api/certificate.h"

namespace pedigree::control {

constexpr const char* tls_secret_name = "pedigree-tls";
constexpr const char* api_service_name = "v1alpha1.lineage.pedigree.dev";

struct IdentityPlace {
    std::string name_space;   // the operator's own
    std::string service_name; // pedigree-operator
};

Result<ServerIdentity> obtain_identity(k8s::Api& api, const IdentityPlace& place, Instant now);
// Writes caBundle if it differs.
Status publish_ca(k8s::Api& api, const std::string& ca_pem);
// The CA that signs the front proxy's client certificates, and the names it may have.
struct FrontProxy {
    std::string client_ca_pem;
    std::vector<std::string> allowed_names;
};
Result<FrontProxy> front_proxy(k8s::Api& api);

} // namespace pedigree::control
