#pragma once
// Connection: one session with PostgreSQL, the only place that knows libpq. Statements are
// parameterised; each has a deadline on our side too, so that a server which stops answering holds
// no thread for ever. A connection that broke or missed a deadline is broken() for good and must be
// thrown away. Errors carry the SQLSTATE's meaning (store/sqlstate.h) and the server's primary
// message, never its detail (which quotes data) and never the DSN. Not shared between threads.

#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"
#include "store/rows.h"
#include "store/value.h"

namespace pedigree::store {

// The schema that holds every table of ours; the only one on the search path.
constexpr std::string_view schema_name = "pedigree";

// The reason (Error::reason) of everything that failed because the server does not answer.
constexpr const char* away_reason = "DatabaseUnavailable";
// Of what the server answered and will answer again: a right, a constraint, a text it cannot hold.
constexpr const char* refused_reason = "DatabaseRefused";

struct ConnectOptions {
    std::string application_name = "pedigree";
    std::string role; // of the session, such as "pedigree_writer"; empty keeps the login's
    std::chrono::seconds connect_timeout{5};
    std::chrono::milliseconds statement_timeout{30'000};
    std::chrono::milliseconds lock_timeout{10'000};
    // A stopped process must not hold locks: the server ends its transaction after this.
    std::chrono::milliseconds idle_in_transaction_timeout{20'000};
};

// What the server said on a channel we LISTEN to.
struct Notification {
    std::string channel;
    std::string payload;
};

class Connection {
  public:
    static Result<Connection> open(const Secret& dsn, const ConnectOptions& options = {});
    ~Connection();
    Connection(Connection&&) noexcept;
    Connection& operator=(Connection&&) noexcept;

    // One statement.
    Result<Rows> query(std::string_view sql, const Parameters& parameters = {});
    // Several statements without parameters; the last one's rows. For SQL that we ship.
    Result<Rows> run_script(std::string_view sql);

    // Waits until a notification is there (one is returned), the time is over or a stop is
    // requested (nothing is returned).
    Result<std::optional<Notification>> wait_for_notification(std::chrono::milliseconds limit,
                                                              std::stop_token stop);
    bool broken() const;

    // Replaces the deadline of the statements that follow (migrations take longer).
    void set_statement_deadline(std::chrono::milliseconds deadline);

  private:
    struct Session;
    explicit Connection(std::unique_ptr<Session> session);
    std::unique_ptr<Session> session_;
};

} // namespace pedigree::store
