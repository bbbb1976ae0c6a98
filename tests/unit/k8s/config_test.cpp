#include "k8s/config.h"

#include <cstdlib>
#include <filesystem>

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/ids.h"

namespace pedigree::k8s {
namespace {

class ConfigTest : public testing::Test {
  protected:
    void SetUp() override {
        folder_ = testing::TempDir() + "/kubeconfig_test-" + random_uuid();
        std::filesystem::create_directories(folder_ + "/sub");
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    std::string put(const std::string& name, const std::string& text) const {
        EXPECT_TRUE(write_file(folder_ + "/" + name, text));
        return folder_ + "/" + name;
    }
    static std::string cluster(const std::string& name, const std::string& fields) {
        return "clusters: [{name: " + name + ", cluster: {" + fields + "}}]\n";
    }
    static std::string user(const std::string& name, const std::string& fields) {
        return "users: [{name: " + name + ", user: {" + fields + "}}]\n";
    }
    static std::string context(const std::string& name, const std::string& fields) {
        return "contexts: [{name: " + name + ", context: {" + fields +
               "}}]\ncurrent-context: " + name + "\n";
    }

    std::string folder_;
};

TEST_F(ConfigTest, ReadsInlineDataBeforePaths) {
    const std::string path =
        put("config",
            cluster("c", "server: 'https://k:6443', certificate-authority: missing.pem, "
                         "certificate-authority-data: Q0E=, tls-server-name: api.example.com, "
                         "proxy-url: 'http://proxy:3128'") +
                user("u", "client-certificate-data: Q0VSVA==, client-key-data: S0VZ, "
                          "as: auditor, as-groups: [readers, others]") +
                context("x", "cluster: c, user: u, namespace: vision"));
    const auto config = load_kubeconfig({path, "", "", ""});
    ASSERT_TRUE(config) << config.error().message;
    EXPECT_EQ(config->server, "https://k:6443");
    EXPECT_EQ(config->ca_pem, "CA");
    EXPECT_EQ(config->client_certificate_pem, "CERT");
    EXPECT_EQ(config->client_key_pem.reveal(), "KEY");
    EXPECT_EQ(config->server_name, "api.example.com");
    EXPECT_EQ(config->proxy_url, "http://proxy:3128");
    EXPECT_EQ(config->default_namespace, "vision");
    EXPECT_EQ(config->impersonate_groups, (std::vector<std::string>{"readers", "others"}));
}

TEST_F(ConfigTest, ResolvesPathsAgainstTheFilesFolder) {
    put("sub/ca.pem", "CA");
    const std::string path =
        put("sub/config", cluster("c", "server: 'https://k', certificate-authority: ca.pem") +
                              user("u", "tokenFile: token, token: inline") +
                              context("x", "cluster: c, user: u"));
    const auto config = load_kubeconfig({path, "", "", ""});
    ASSERT_TRUE(config) << config.error().message;
    EXPECT_EQ(config->ca_pem, "CA");
    EXPECT_EQ(config->token_file, folder_ + "/sub/token");
    EXPECT_EQ(config->default_namespace, "default");
}

TEST_F(ConfigTest, MergesAListFirstWinsWhole) {
    const std::string first =
        put("first", cluster("c", "server: 'https://first'") + context("x", "cluster: c, user: u"));
    const std::string second =
        put("second", cluster("c", "server: 'https://second', proxy-url: 'http://p'") +
                          user("u", "token: t") + context("y", "cluster: c"));
    const std::string list = folder_ + "/missing::" + first + ":" + second + ":" + first;
    const auto config = load_kubeconfig({"", list, "", ""});
    ASSERT_TRUE(config) << config.error().message;
    EXPECT_EQ(config->server, "https://first");
    EXPECT_EQ(config->proxy_url, ""); // the later entry is dropped as a whole
    EXPECT_EQ(config->token.reveal(), "t");
    EXPECT_EQ(load_kubeconfig({"", list, "", "y"})->token.reveal(), "");
}

TEST_F(ConfigTest, SaysWhatIsMissing) {
    EXPECT_EQ(load_kubeconfig({folder_ + "/none", "", "", ""}).error().code, ErrorCode::NotFound);
    EXPECT_EQ(load_kubeconfig({"", folder_ + "/none", "", ""}).error().code, ErrorCode::NotFound);
    const std::string good = cluster("c", "server: 'https://k'") + user("u", "token: t");
    const std::pair<std::string, std::string> cases[] = {
        {"{", "not valid YAML"},
        {"just text", "no kubeconfig"},
        {good, "no current-context"},
        {good + "current-context: x\n", "no context x"},
        {good + context("x", "cluster: d, user: u"), "cluster \"d\""},
        {good + context("x", "cluster: c, user: v"), "user \"v\""},
        {cluster("c", "proxy-url: x") + context("x", "cluster: c"), "has no server"},
        {cluster("c", "server: 'https://k', insecure-skip-tls-verify: true") +
             context("x", "cluster: c"),
         "insecure-skip-tls-verify"},
        {cluster("c", "server: 'https://k', certificate-authority-data: '***'") +
             context("x", "cluster: c"),
         "not base64"},
        {cluster("c", "server: 'https://k'") + user("u", "client-key-data: S0VZ") +
             context("x", "cluster: c, user: u"),
         "together"},
        {cluster("c", "server: 'https://k'") + user("u", "auth-provider: {name: gcp}") +
             context("x", "cluster: c, user: u"),
         "auth-provider"},
    };
    for (const auto& [text, expected] : cases) {
        const auto config = load_kubeconfig({put("bad", text), "", "", ""});
        ASSERT_FALSE(config) << text;
        EXPECT_NE(config.error().message.find(expected), std::string::npos)
            << config.error().message;
    }
}

TEST_F(ConfigTest, ReadsAnExecPlugin) {
    const std::string path =
        put("config", cluster("c", "server: 'https://k'") +
                          user("u", "exec: {apiVersion: client.authentication.k8s.io/v1, "
                                    "command: ./get-token, args: [a, 'b c; rm'], "
                                    "env: [{name: REGION, value: eu}], installHint: install it}") +
                          context("x", "cluster: c, user: u"));
    const auto config = load_kubeconfig({path, "", "", ""});
    ASSERT_TRUE(config) << config.error().message;
    ASSERT_TRUE(config->exec);
    EXPECT_EQ(config->exec->command,
              (std::vector<std::string>{folder_ + "/./get-token", "a", "b c; rm"}));
    EXPECT_EQ(config->exec->environment[0].second, "eu");
}

TEST_F(ConfigTest, KnowsItIsInAPod) {
    put("ca.crt", "CA");
    put("namespace", "pedigree-system");
    EXPECT_EQ(load_in_cluster_config(folder_).error().code, ErrorCode::NotFound);
    // NOLINTBEGIN(concurrency-mt-unsafe): one thread
    setenv("KUBERNETES_SERVICE_HOST", "fd00::1", 1);
    setenv("KUBERNETES_SERVICE_PORT", "443", 1);
    const auto config = load_in_cluster_config(folder_);
    unsetenv("KUBERNETES_SERVICE_HOST");
    unsetenv("KUBERNETES_SERVICE_PORT");
    // NOLINTEND(concurrency-mt-unsafe)
    ASSERT_TRUE(config) << config.error().message;
    EXPECT_EQ(config->server, "https://[fd00::1]:443");
    EXPECT_EQ(config->token_file, folder_ + "/token");
    EXPECT_EQ(config->default_namespace, "pedigree-system");
}

} // namespace
} // namespace pedigree::k8s
