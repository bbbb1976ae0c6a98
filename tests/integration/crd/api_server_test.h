#pragma once
// ApiServerTest: a real API server, named by KUBECONFIG, with this checkout's manifests laid on it
// and a namespace of the test's own, which goes with the test. One thread.

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "k8s/config.h"
#include "net/http_client.h"
#include "tests/checkout/checkout.h"

namespace pedigree {

class ApiServerTest : public testing::Test {
  protected:
    void SetUp() override {
        const auto config = k8s::load_kubeconfig(k8s::config_source_from_environment());
        ASSERT_TRUE(config) << config.error().message
                            << "; this test needs a running API server: set KUBECONFIG";
        server_ = config->server;
        net::HttpClientOptions options;
        options.ca_pem = config->ca_pem;
        options.client_certificate_pem = config->client_certificate_pem;
        options.client_key_pem = config->client_key_pem;
        http_ = std::make_unique<net::HttpClient>(std::move(options));
    }

    void TearDown() override {
        if (!name_space_.empty()) {
            send("DELETE", "/api/v1/namespaces/" + name_space_);
        }
    }

    // As an administrator, or as that user with all rights that RBAC gives: policies alone decide.
    net::Response send(const std::string& method, const std::string& path, std::string body = "",
                       const std::string& type = "application/json", const std::string& user = "") {
        net::Request request;
        request.method = method;
        request.url = server_ + path;
        request.headers.set("Content-Type", type);
        if (!user.empty()) {
            request.headers.set("Impersonate-User", user);
            request.headers.set("Impersonate-Group", "system:masters");
        }
        request.body = std::move(body);
        auto response = http_->send(request);
        EXPECT_TRUE(response) << method << " " << path << ": " << response.error().message;
        return response ? *std::move(response) : net::Response{};
    }

    static std::string manifest(const std::string& file) {
        return read_file(checkout_path("manifests") / file).value();
    }

    // Server-side apply takes YAML as it is.
    void apply(const std::string& path, const std::string& yaml) {
        const auto response = send("PATCH", path + "?fieldManager=test&force=true", yaml,
                                   "application/apply-patch+yaml");
        ASSERT_TRUE(response.ok()) << response.body;
    }

    // The policy of a manifest, then its binding; one that changed is in force a moment later.
    void apply_policy(const std::string& file, const std::string& name) {
        const std::string policies = manifest(file);
        const auto border = policies.find("\n---\n");
        const std::string group = "/apis/admissionregistration.k8s.io/v1/";
        apply(group + "validatingadmissionpolicies/" + name, policies.substr(0, border));
        apply(group + "validatingadmissionpolicybindings/" + name, policies.substr(border + 5));
    }

    // Another one in each test: a namespace that is going cannot be made again.
    void make_namespace(std::string_view prefix) {
        static int namespaces_made = 0;
        name_space_ = fmt::format("{}-{}-{}", prefix, ::getpid(), ++namespaces_made);
        const Json name_space{{"metadata", {{"name", name_space_}}}};
        ASSERT_EQ(send("POST", "/api/v1/namespaces", name_space.dump()).status, 201);
    }

    std::string name_space_;

  private:
    std::string server_;
    std::unique_ptr<net::HttpClient> http_;
};

} // namespace pedigree
