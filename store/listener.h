#pragma once
// Listener: waits for NOTIFY on one channel with a connection of its own, which it opens again when
// it breaks. A notification says only "look": the caller reads the tables, so a lost one costs at
// most the wait's limit. Used by one thread; a stop_token ends the wait at once.

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>

#include "base/secret.h"
#include "store/connection.h"

namespace pedigree::store {

enum class Wake { Notified, TimeOver, Stopped };

class Listener {
  public:
    Listener(Secret dsn, std::string channel, ConnectOptions options = {});

    // Also Notified right after (re)connecting: something may have been missed before.
    Result<Wake> wait(std::chrono::milliseconds limit, std::stop_token stop);

  private:
    Status connect();

    Secret dsn_;
    std::string channel_;
    ConnectOptions options_;
    std::optional<Connection> connection_;
};

} // namespace pedigree::store
