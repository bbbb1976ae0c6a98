#pragma once
// PostgresServer: a real PostgreSQL 15 of the test's own, in a temporary folder, on a unix socket
// only, without fsync. Started at first use, one a test process; it ends with the process, whatever
// way that ends. create_database() gives each test an empty database.

#include <filesystem>
#include <string>

#include <sys/types.h>

#include "base/secret.h"

namespace pedigree::test {

class PostgresServer {
  public:
    static PostgresServer& shared();

    // An empty database, by its DSN, as the cluster's superuser.
    Secret create_database();
    // The same database under another login.
    Secret as_login(const Secret& dsn, const std::string& login) const;

    // Ends at once and starts again, by recovery; what was committed stays.
    void crash_and_restart();
    void stop();
    void start();

  private:
    PostgresServer();
    ~PostgresServer();
    void wait_until_ready();

    std::filesystem::path folder_;
    pid_t postmaster_ = 0;
    int databases_ = 0;
};

} // namespace pedigree::test
