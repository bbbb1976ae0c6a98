// What an image would show to whoever may pull it.
#include "imagebuild/exposed_secrets.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace pedigree::imagebuild {
namespace {

TEST(SecretFiles, AreKnownByTheirNames) {
    for (const char* path :
         {".env", "config/.env", ".env.production", "id_rsa", "keys/id_ed25519", ".netrc",
          ".aws/credentials", "a/.docker/config.json", ".kube/config", "credentials.json"}) {
        EXPECT_TRUE(is_secret_file(path)) << path;
    }
    for (const char* path :
         {".env.example", "env", ".environment", "id_rsa.pub", "config.json", "credentials.py",
          "my_credentials.json", "kube/config", ".env/readme.md", "train.env"}) {
        EXPECT_FALSE(is_secret_file(path)) << path;
    }
}

TEST(SecretFiles, AreNamedInOneSentence) {
    EXPECT_EQ(secret_files_warning({"train.py", ".env.example"}), "");
    const std::string warning = secret_files_warning({"train.py", ".env"});
    EXPECT_TRUE(warning.starts_with("the commit holds .env, by name for secrets")) << warning;
}

TEST(SecretFiles, BeyondFiveAreCounted) {
    std::vector<std::string> paths;
    for (int i = 0; i < 5; ++i) {
        paths.push_back(std::to_string(i) + "/.env");
    }
    EXPECT_EQ(secret_files_warning(paths).find("more"), std::string::npos);
    paths.push_back("5/.env");
    EXPECT_NE(secret_files_warning(paths).find("4/.env and 1 more"), std::string::npos);
}

Json config(std::vector<std::string> variables, std::vector<std::string> commands) {
    Json config{{"config", {{"Env", variables}}}};
    for (const std::string& command : commands) {
        config["history"].push_back({{"created_by", command}});
    }
    return config;
}

TEST(SecretVariables, OfABaseAreWarnedOfByNameAndNeverByValue) {
    const std::string warning = secret_variables_warning(
        config({"PATH=/usr/bin", "GITLAB_TOKEN=glpat-0123456789"},
               {"/bin/sh -c AWS_SECRET_ACCESS_KEY=abcdefgh aws s3 cp s3://a b",
                "|1 pip_password='hunter22' /bin/sh -c pip install x"}));
    EXPECT_NE(warning.find("AWS_SECRET_ACCESS_KEY, GITLAB_TOKEN, pip_password"), std::string::npos)
        << warning;
    for (const char* value : {"glpat", "abcdefgh", "hunter22"}) {
        EXPECT_EQ(warning.find(value), std::string::npos) << value;
    }
}

TEST(SecretVariables, AreNotWhatOnlyLooksAlike) {
    for (const char* command :
         {"PYTHON_VERSION=3.11.4", "TOKENIZERS_PARALLELISM=false", "GPG_KEY=A035C8C19219BA821E",
          "TOKEN=1", "NPM_TOKEN=$NPM_TOKEN npm install", "TOKEN=\"$(cat /run/secrets/token)\"",
          "PASSWORD=", "MYTOKEN=abcdefgh"}) {
        EXPECT_EQ(secret_variables_warning(config({}, {command})), "") << command;
    }
    EXPECT_EQ(secret_variables_warning(Json::object()), "");
    EXPECT_EQ(secret_variables_warning({{"config", {{"Env", {1, nullptr}}}}, {"history", "x"}}),
              "");
}

} // namespace
} // namespace pedigree::imagebuild
