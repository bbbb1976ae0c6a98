#include "operator/api/serving_identity.h"

namespace pedigree::control {
namespace {

bool same(const Served& one, const Served& other) {
    return one.identity.ca_pem == other.identity.ca_pem &&
           one.identity.certificate_pem == other.identity.certificate_pem &&
           one.proxy.client_ca_pem == other.proxy.client_ca_pem &&
           one.proxy.allowed_names == other.proxy.allowed_names;
}

} // namespace

Result<bool> ServingIdentity::look() {
    Served seen;
    TRY(seen.identity, obtain_identity(api_, place_, clock_.now()));
    TRY(publish_ca(api_, seen.identity.ca_pem));
    TRY(seen.proxy, front_proxy(api_));
    auto served = served_.lock();
    if (*served && same(**served, seen)) {
        return false;
    }
    *served = std::make_shared<const Served>(std::move(seen));
    return true;
}

} // namespace pedigree::control
