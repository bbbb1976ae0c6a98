#pragma once
// Credentials: who a Client is, as header fields of each request. Token files rotate, so they are
// read again at most every minute, and at once after a 401; a credential program is run again when
// its token expires or is refused. Any thread may call; they share one run of the program.

#include <chrono>
#include <optional>
#include <string>

#include "base/sync.h"
#include "k8s/config.h"
#include "k8s/exec_plugin.h"
#include "net/http.h"

namespace pedigree::k8s {

constexpr std::chrono::seconds token_age_max{60};

class Credentials {
  public:
    // `first`: what a run of the config's credential program has given already.
    explicit Credentials(const Config& config, std::optional<ExecCredential> first = std::nullopt);

    // Sets Authorization and the impersonation fields, replacing earlier ones.
    Status add_to(net::Headers& headers);
    // After a 401: forgets what can be read again. False: there is nothing else to try.
    bool renew();

  private:
    struct Token {
        std::string text;
        std::chrono::steady_clock::time_point read_at{};
        std::optional<Instant> expires_at; // of a program's token
    };
    static void keep(Token& cached, const ExecCredential& credential);
    Result<std::string> token();
    Result<std::string> token_from_file(Token& cached) const;
    Result<std::string> token_from_program(Token& cached) const;

    const Config config_;
    Sync<Token> token_;
};

} // namespace pedigree::k8s
