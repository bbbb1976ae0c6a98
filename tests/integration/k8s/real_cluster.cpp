#include "tests/integration/k8s/real_cluster.h"

#include <cstdlib>

#include <nlohmann/json.hpp>

#include "base/ids.h"

namespace pedigree::k8s {

std::unique_ptr<Client> RealCluster::connect(ClientOptions options) {
    if (std::getenv("KUBECONFIG") == nullptr) {
        ADD_FAILURE() << "set KUBECONFIG to a running cluster (dev/quickstart --until node)";
        return nullptr;
    }
    auto config = load_kubeconfig(config_source_from_environment());
    if (!config) {
        ADD_FAILURE() << config.error().message;
        return nullptr;
    }
    auto client = Client::connect(*std::move(config), std::move(options));
    if (!client) {
        ADD_FAILURE() << client.error().message;
        return nullptr;
    }
    return *std::move(client);
}

void RealCluster::SetUp() {
    client_ = connect();
    ASSERT_TRUE(client_);
    namespace_name_ = "k8s-test-" + random_uuid().substr(0, 8);
    const auto made = client_->create(
        namespaces,
        {{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", namespace_name_}}}});
    ASSERT_TRUE(made) << made.error().message;
}

void RealCluster::TearDown() {
    if (client_ && !namespace_name_.empty()) {
        (void)client_->remove(namespaces, {"", namespace_name_}, {});
    }
}

Json RealCluster::config_map(const std::string& name, const std::string& value) const {
    return {{"apiVersion", "v1"},
            {"kind", "ConfigMap"},
            {"metadata", {{"name", name}, {"namespace", namespace_name_}}},
            {"data", {{"value", value}}}};
}

} // namespace pedigree::k8s
