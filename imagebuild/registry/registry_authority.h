#pragma once
// Answers a registry's challenges: Basic as it is, Bearer by asking the realm for a token (Docker
// Registry v2 token authentication). The credential goes to the registry itself and to a realm of
// its domain over https (or over http when the registry itself is configured so), never anywhere
// else; tokens are kept until shortly before they end, at most an hour. Any thread, if its Http
// may be used from any.

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "base/secret.h"
#include "base/sync.h"
#include "imagebuild/registry/challenge.h"
#include "net/http.h"
#include "net/url.h"

namespace pedigree::imagebuild {

// The username of a credential whose password is an identity token (an OAuth 2 refresh token).
constexpr const char* identity_token_username = "<token>";

struct RegistryCredential {
    std::string username;
    Secret password;
};

class RegistryAuthority {
  public:
    RegistryAuthority(net::Http& http, std::string registry_url,
                      std::optional<RegistryCredential> credential);

    // The Authorization field for requests in this scope ("repository:NAME:pull,push", or several
    // of these after one another), if known.
    std::optional<Secret> authorization(const std::string& scope) const;
    // After a 401 to a request that had `used`: learns how to authorise, if no other thread has
    // done it meanwhile. AuthenticationFailed when the registry refuses what we have, or asks for
    // what we do not give.
    Status learn(const net::Response& refused, const std::string& scope,
                 const std::optional<Secret>& used, std::stop_token stop);

  private:
    struct Token {
        Secret field;
        std::chrono::steady_clock::time_point ends;
    };
    struct Known {
        bool basic = false;                  // it is asked for
        std::map<std::string, Token> tokens; // by scope
    };
    std::optional<Secret> field(const Known& known, const std::string& scope) const;
    Status meet(const net::Response& refused, const std::string& scope, Known& known,
                std::stop_token stop);
    Result<Token> fetch_token(const Challenge& challenge, const std::string& scope,
                              std::stop_token stop) const;
    Result<net::Response> ask_realm(const std::string& realm, net::QueryParameters asked,
                                    const std::string& scope, const std::stop_token& stop) const;
    Secret basic() const;

    net::Http& http_;
    std::string registry_url_;
    std::optional<RegistryCredential> credential_;
    // Held while a token is fetched, so that who needs the same one waits for it.
    std::unique_ptr<Sync<Known>> known_ = std::make_unique<Sync<Known>>();
};

} // namespace pedigree::imagebuild
