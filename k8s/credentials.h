#pragma once
// Credentials: who a Client is, as header fields of each request. Token files rotate, so they are
// read again at most every minute, and at once after a 401. Any thread may call.

#include <chrono>
#include <string>

#include "base/sync.h"
#include "k8s/config.h"
#include "net/http.h"

namespace pedigree::k8s {

constexpr std::chrono::seconds token_age_max{60};

class Credentials {
  public:
    explicit Credentials(const Config& config);

    // Sets Authorization and the impersonation fields, replacing earlier ones.
    Status add_to(net::Headers& headers);
    // After a 401: forgets what can be read again. False: there is nothing else to try.
    bool renew();

  private:
    struct Token {
        std::string text;
        std::chrono::steady_clock::time_point read_at{};
    };
    Result<std::string> token();

    const Config config_;
    Sync<Token> token_;
};

} // namespace pedigree::k8s
