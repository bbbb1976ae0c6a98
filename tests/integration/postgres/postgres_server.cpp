#include "tests/integration/postgres/postgres_server.h"

#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

#include "base/file.h"
#include "store/connection.h"

namespace pedigree::test {
namespace {

constexpr auto start_time_max = std::chrono::seconds(60);

[[noreturn]] void give_up(const std::string& why, const std::filesystem::path& log) {
    const auto text = read_file(log);
    std::fprintf(stderr, "PostgreSQL for the tests: %s\n%s\n", why.c_str(),
                 text ? text->c_str() : "");
    std::abort();
}

std::filesystem::path binaries() {
    for (const char* folder : {"/usr/lib/postgresql/15/bin", "/usr/lib/postgresql/16/bin"}) {
        if (std::filesystem::exists(std::filesystem::path(folder) / "initdb")) {
            return folder;
        }
    }
    give_up("not installed (Debian package postgresql-15)", "");
}

// PostgreSQL refuses to run as root; setpriv becomes the program, so its pid is ours to end.
std::vector<std::string> as_postgres(std::vector<std::string> argv) {
    if (::getuid() == 0) {
        const std::vector<std::string> drop{"/usr/bin/setpriv", "--reuid=postgres",
                                            "--regid=postgres", "--clear-groups",
                                            "--pdeathsig=QUIT"};
        argv.insert(argv.begin(), drop.begin(), drop.end());
    }
    return argv;
}

pid_t spawn(const std::vector<std::string>& argv, const std::filesystem::path& log) {
    std::vector<char*> arguments;
    for (const std::string& argument : argv) {
        arguments.push_back(const_cast<char*>(argument.c_str()));
    }
    arguments.push_back(nullptr);
    const pid_t child = ::fork();
    if (child == 0) {
        const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
        ::dup2(out, 1);
        ::dup2(out, 2);
        ::setsid(); // Ctrl-C in a terminal is for the test, which then ends the server itself
        if (::chdir("/") == 0) {
            ::execv(arguments[0], arguments.data());
        }
        ::_exit(127);
    }
    return child;
}

int wait_for(pid_t child) {
    int status = 0;
    ::waitpid(child, &status, 0);
    return status;
}

} // namespace

PostgresServer& PostgresServer::shared() {
    static PostgresServer server;
    return server;
}

PostgresServer::PostgresServer() {
    char name[] = "/tmp/pedigree-postgres-XXXXXX";
    folder_ = ::mkdtemp(name);
    if (const passwd* user = ::getpwnam("postgres"); ::getuid() == 0 && user != nullptr) {
        if (::chown(folder_.c_str(), user->pw_uid, user->pw_gid) != 0) {
            give_up("cannot give its folder away", "");
        }
    }
    const auto log = folder_ / "log";
    const pid_t initdb =
        spawn(as_postgres({binaries() / "initdb", "-D", folder_ / "data", "-U", "postgres", "-A",
                           "trust", "--no-sync", "--encoding=UTF8", "--locale=C"}),
              log);
    if (wait_for(initdb) != 0) {
        give_up("initdb failed", log);
    }
    start();
}

PostgresServer::~PostgresServer() {
    stop();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

void PostgresServer::start() {
    const std::vector<std::string> argv{binaries() / "postgres",
                                        "-D",
                                        folder_ / "data",
                                        "-k",
                                        folder_,
                                        "-c",
                                        "listen_addresses=",
                                        "-c",
                                        "fsync=off",
                                        "-c",
                                        "full_page_writes=off",
                                        "-c",
                                        "shared_buffers=32MB",
                                        "-c",
                                        "max_connections=40",
                                        "-c",
                                        "autovacuum=off"};
    postmaster_ = spawn(as_postgres(argv), folder_ / "log");
    wait_until_ready();
}

void PostgresServer::wait_until_ready() {
    const auto deadline = std::chrono::steady_clock::now() + start_time_max;
    const Secret dsn(fmt::format("host={} user=postgres dbname=postgres", folder_.string()));
    while (!store::Connection::open(dsn)) {
        if (::waitpid(postmaster_, nullptr, WNOHANG) == postmaster_ ||
            std::chrono::steady_clock::now() > deadline) {
            give_up("it does not start", folder_ / "log");
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(20)); // nothing tells when it listens
    }
}

void PostgresServer::stop() {
    ::kill(postmaster_, SIGINT); // fast shutdown
    wait_for(postmaster_);
    postmaster_ = 0;
}

void PostgresServer::crash_and_restart() {
    ::kill(postmaster_, SIGQUIT); // immediate shutdown
    wait_for(postmaster_);
    start();
}

Secret PostgresServer::create_database() {
    const std::string name = fmt::format("test_{}", ++databases_);
    const Secret server(fmt::format("host={} user=postgres dbname=postgres", folder_.string()));
    auto connection = store::Connection::open(server);
    if (!connection || !connection->run_script("CREATE DATABASE " + name)) {
        give_up("cannot create a database", folder_ / "log");
    }
    return Secret(fmt::format("host={} user=postgres dbname={}", folder_.string(), name));
}

Secret PostgresServer::as_login(const Secret& dsn, const std::string& login) const {
    return Secret(dsn.reveal() + " user=" + login); // the last one counts
}

} // namespace pedigree::test
