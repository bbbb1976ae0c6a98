#pragma once
// A real API server for a test, found through KUBECONFIG, and a namespace of the test's own that is
// deleted at its end. Without KUBECONFIG the test fails and says so: a silent skip would prove
// nothing.

#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "k8s/client.h"

namespace pedigree::k8s {

class RealCluster : public testing::Test {
  protected:
    void SetUp() override;
    void TearDown() override;

    static std::unique_ptr<Client> connect(ClientOptions options = {});
    Json config_map(const std::string& name, const std::string& value) const;

    std::unique_ptr<Client> client_;
    std::string namespace_name_;
};

} // namespace pedigree::k8s
