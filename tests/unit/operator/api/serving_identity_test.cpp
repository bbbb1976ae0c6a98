// The certificate and the front proxy's CA are replaced while a real TLS server serves them.
#include "operator/api/serving_identity.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/digest.h"
#include "net/http_client.h"
#include "net/http_server.h"
#include "tests/fakes/fake_api.h"
#include "tests/fakes/fake_clock.h"
#include "tests/unit/net/certificates.h"

namespace pedigree::control {
namespace {

const IdentityPlace place{"pedigree-system", "pedigree-operator"};
const std::string host = "pedigree-operator.pedigree-system.svc";
const k8s::ObjectKey secret_key{"pedigree-system", tls_secret_name};
const k8s::ObjectKey proxy_key{"kube-system", "extension-apiserver-authentication"};
const k8s::ObjectKey service_key{"", api_service_name};

Json named(const k8s::ObjectKey& key, Json rest) {
    rest["metadata"] = {{"namespace", key.name_space}, {"name", key.name}};
    return rest;
}

class ServingIdentityTest : public testing::Test {
  protected:
    ServingIdentityTest() {
        clock.advance_to(SystemClock().now());
        cluster.put(k8s::secrets, named(secret_key, {{"data", Json::object()}}));
        cluster.put(k8s::config_maps,
                    named(proxy_key, {{"data",
                                       {{"requestheader-client-ca-file", old_ca.certificate_pem},
                                        {"requestheader-allowed-names", "[\"front-proxy\"]"}}}}));
        cluster.put(k8s::api_services, named(service_key, {{"spec", Json::object()}}));
        EXPECT_TRUE(*serving.look());
        server = *net::HttpServer::start({.tls = tls()}, [](net::Exchange& exchange) {
            (void)exchange.send({200, {}, exchange.request().client_common_name});
        });
    }
    net::ServerTls tls() const {
        const auto served = serving.now();
        return {served->identity.certificate_pem, served->identity.key_pem,
                served->proxy.client_ca_pem};
    }
    void look() {
        const auto changed = serving.look();
        ASSERT_TRUE(changed) << changed.error().message;
        ASSERT_TRUE(*changed);
        ASSERT_TRUE(server->reload_tls(tls()));
    }
    // As whom the server sees a client with this certificate that trusts this CA; an error if they
    // do not come together.
    Result<std::string> seen_as(const std::string& ca_pem, const net::Certificate& client) const {
        net::HttpClient http({.ca_pem = ca_pem,
                              .client_certificate_pem = client.certificate_pem,
                              .client_key_pem = Secret(client.key_pem),
                              .connect_to = "127.0.0.1:" + std::to_string(server->port())});
        net::Request request;
        request.url = "https://" + host + "/";
        TRY(const auto answer, http.send(request));
        return answer.body;
    }

    FakeClock clock;
    FakeApi cluster{clock};
    ServingIdentity serving{cluster, place, clock};
    const net::Certificate old_ca = net::make_authority("old front proxy CA");
    const net::Certificate new_ca = net::make_authority("new front proxy CA");
    std::unique_ptr<net::HttpServer> server;
};

TEST_F(ServingIdentityTest, NothingChangesWhenNothingDiffers) {
    const auto before = serving.now();
    EXPECT_FALSE(*serving.look());
    EXPECT_EQ(serving.now(), before);
}

TEST_F(ServingIdentityTest, ACertificateThatAnotherReplicaMadeIsServed) {
    const net::Certificate proxy = net::make_leaf(old_ca, "front-proxy");
    const std::string old_trust = serving.now()->identity.ca_pem;
    ASSERT_EQ(seen_as(old_trust, proxy).value_or("nobody"), "front-proxy");
    const auto other = *make_identity({host}, clock.now());
    cluster.edit(k8s::secrets, secret_key, [&](Json& secret) {
        secret["data"] = {{"ca.crt", to_base64(other.ca_pem)},
                          {"tls.crt", to_base64(other.certificate_pem)},
                          {"tls.key", to_base64(other.key_pem.reveal())}};
    });
    look();
    EXPECT_FALSE(seen_as(old_trust, proxy));
    EXPECT_EQ(seen_as(other.ca_pem, proxy).value_or("nobody"), "front-proxy");
    EXPECT_EQ(
        string_or(at_path(*cluster.seen(k8s::api_services, service_key), {"spec"}), "caBundle"),
        to_base64(other.ca_pem));
}

TEST_F(ServingIdentityTest, ACertificateThatRunsOutIsMadeAnew) {
    const std::string before = serving.now()->identity.ca_pem;
    clock.advance_to(clock.now() + certificate_lifetime - certificate_renewal +
                     std::chrono::hours(1));
    look();
    EXPECT_NE(serving.now()->identity.ca_pem, before);
}

TEST_F(ServingIdentityTest, TheFrontProxysNewAuthorityIsBelievedAndTheOldOneIsNot) {
    const std::string trust = serving.now()->identity.ca_pem;
    const net::Certificate old_proxy = net::make_leaf(old_ca, "front-proxy");
    const net::Certificate new_proxy = net::make_leaf(new_ca, "front-proxy");
    ASSERT_NE(seen_as(trust, new_proxy).value_or(""), "front-proxy");
    cluster.edit(k8s::config_maps, proxy_key, [&](Json& map) {
        map["data"] = {{"requestheader-client-ca-file", new_ca.certificate_pem},
                       {"requestheader-allowed-names", "[\"another-name\"]"}};
    });
    look();
    EXPECT_EQ(seen_as(trust, new_proxy).value_or("nobody"), "front-proxy");
    EXPECT_NE(seen_as(trust, old_proxy).value_or(""), "front-proxy");
    EXPECT_EQ(serving.now()->proxy.allowed_names, std::vector<std::string>{"another-name"});
}

TEST_F(ServingIdentityTest, AnErrorLeavesWhatIsServed) {
    const auto before = serving.now();
    cluster.fault = [](FaultPoint, const std::string&) {
        return Status(failure(ErrorCode::Unavailable, "the API server is away"));
    };
    EXPECT_FALSE(serving.look());
    EXPECT_EQ(serving.now(), before);
}

} // namespace
} // namespace pedigree::control
