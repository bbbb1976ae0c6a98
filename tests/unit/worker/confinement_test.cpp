// What a confined process cannot reach, tried from inside of one.
#include "worker/confinement.h"

#include <cerrno>
#include <csignal>
#include <functional>
#include <iostream>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/ids.h"
#include "base/process.h"
#include "worker/file_reach.h"
#include "worker/system_calls.h"

namespace pedigree::worker {
namespace {

constexpr int not_confined = 250;

// 0 or errno, of a call that answers -1 for an error.
int problem_of(long result) {
    return result < 0 ? errno : 0;
}

int opened(const std::filesystem::path& path, int flags = O_RDONLY) {
    return problem_of(::open(path.c_str(), flags | O_CLOEXEC, 0600));
}

// How starting the program fails, in a process of its own.
int started(const char* program) {
    const pid_t pid = ::fork();
    if (pid < 0) {
        return errno;
    }
    if (pid == 0) {
        char* const argv[] = {const_cast<char*>(program), nullptr};
        char* const environment[] = {nullptr};
        ::execve(program, argv, environment);
        ::_exit(errno);
    }
    int status = 0;
    ::waitpid(pid, &status, 0);
    return WEXITSTATUS(status);
}

class Confinement : public testing::Test {
  protected:
    void SetUp() override {
        std::filesystem::create_directories(mine_);
        std::filesystem::create_directories(others_);
        std::filesystem::create_directories(cache_);
        ASSERT_TRUE(write_file(others_ / "credential", "canary"));
    }
    void TearDown() override { std::filesystem::remove_all(root_); }

    // What `act` answers (0 to 249) in a confined process.
    int inside(const std::function<int()>& act) const {
        const pid_t pid = ::fork();
        if (pid == 0) {
            const Status confined = confine(mine_, cache_);
            if (!confined) {
                std::cerr << confined.error().message << "\n";
            }
            ::_exit(confined ? act() : not_confined);
        }
        int status = 0;
        ::waitpid(pid, &status, 0);
        return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    }

    std::filesystem::path root_ =
        std::filesystem::temp_directory_path() / ("confinement-" + random_uuid());
    std::filesystem::path mine_ = root_ / "work-a", others_ = root_ / "work-b",
                          cache_ = root_ / "cache";
};

// The kernel decides whether there is Landlock; without it nothing is claimed about files.
bool has_landlock(int version_min = 1) {
    const bool has = landlock_version() >= version_min;
    if (!has) {
        std::cerr << "not tested: this kernel has no Landlock of version " << version_min << "\n";
    }
    return has;
}

TEST_F(Confinement, LeavesTheOwnFolderAndTheCache) {
    if (!has_landlock()) {
        return;
    }
    EXPECT_EQ(inside([&] { return opened(mine_ / "pack", O_CREAT | O_RDWR | O_TRUNC); }), 0);
    EXPECT_EQ(inside([&] { return opened(cache_ / "wheel", O_CREAT | O_RDWR); }), 0);
    EXPECT_EQ(inside([&] {
                  return problem_of(::rename((mine_ / "pack").c_str(), (cache_ / "x").c_str()));
              }),
              0);
    EXPECT_EQ(inside([] { return opened("/etc/hosts"); }), 0);
}

TEST_F(Confinement, HidesOtherWorkAndTheMachine) {
    if (!has_landlock()) {
        return;
    }
    EXPECT_EQ(inside([&] { return opened(others_ / "credential"); }), EACCES);
    EXPECT_EQ(inside([&] { return opened(others_, O_DIRECTORY); }), EACCES);
    EXPECT_EQ(inside([&] { return opened(root_ / "new", O_CREAT | O_WRONLY); }), EACCES);
    EXPECT_EQ(inside([] { return opened("/etc/shadow"); }), EACCES);
    EXPECT_EQ(inside([] { return opened("/usr/bin/new", O_CREAT | O_WRONLY); }), EACCES);
    EXPECT_EQ(inside([&] { return problem_of(::unlink((others_ / "credential").c_str())); }),
              EACCES);
}

TEST_F(Confinement, HidesTheParentsEnvironment) {
    if (!has_landlock()) {
        return;
    }
    const std::filesystem::path parent = "/proc/" + std::to_string(::getpid());
    EXPECT_EQ(inside([&] { return opened(parent / "environ"); }), EACCES);
    EXPECT_EQ(inside([&] { return opened(parent / "mem", O_RDWR); }), EACCES);
}

TEST_F(Confinement, StartsGitAndNoShell) {
    if (!has_landlock()) {
        return;
    }
    EXPECT_EQ(inside([] { return started("/bin/sh"); }), EACCES);
    EXPECT_EQ(inside([] { return started("/usr/bin/python3"); }), EACCES);
    const auto git_version = [this] {
        ProcessRequest git;
        git.argv = {"/usr/bin/git", "--version"};
        git.working_directory = mine_;
        const auto ended = run_process(git);
        return ended && ended->succeeded() ? 0 : 1;
    };
    EXPECT_EQ(inside(git_version), 0);
}

TEST_F(Confinement, SignalsNobodyOutside) {
    if (!has_landlock(6)) {
        return;
    }
    const pid_t parent = ::getpid();
    EXPECT_EQ(inside([&] { return problem_of(::kill(parent, 0)); }), EPERM);
}

TEST_F(Confinement, ReachesNoOtherProcess) {
    const pid_t parent = ::getpid();
    EXPECT_EQ(inside([&] { return problem_of(::ptrace(PTRACE_SEIZE, parent, 0, 0)); }), EPERM);
    char byte = 0;
    const iovec here{&byte, 1};
    const iovec there{&byte, 1};
    EXPECT_EQ(inside([&] {
                  return problem_of(
                      ::syscall(SYS_process_vm_readv, parent, &here, 1, &there, 1, 0));
              }),
              EPERM);
}

TEST_F(Confinement, ReachesNoUnixSocket) {
    const int listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    (root_ / "worker.sock").string().copy(address.sun_path, sizeof address.sun_path - 1);
    ASSERT_EQ(::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    ASSERT_EQ(::listen(listener, 1), 0);
    const auto connected = [&] {
        const int client = ::socket(AF_UNIX, SOCK_STREAM, 0);
        return client < 0 ? errno
                          : problem_of(::connect(client, reinterpret_cast<sockaddr*>(&address),
                                                 sizeof address));
    };
    EXPECT_EQ(connected(), 0); // it is there, for who may
    EXPECT_EQ(inside(connected), EPERM);
    ::close(listener);
}

TEST_F(Confinement, SpeaksIpAlone) {
    const auto made = [](int family, int type) { return problem_of(::socket(family, type, 0)); };
    EXPECT_EQ(inside([&] { return made(AF_INET, SOCK_STREAM); }), 0);
    EXPECT_EQ(inside([&] { return made(AF_INET6, SOCK_DGRAM); }), 0);
    for (const int family : {AF_NETLINK, AF_PACKET, AF_VSOCK, AF_ALG}) {
        EXPECT_EQ(inside([&] { return made(family, SOCK_DGRAM); }), EPERM) << family;
    }
}

TEST_F(Confinement, GetsNoNamespaceAndNoMemoryFile) {
    EXPECT_EQ(inside([] { return problem_of(::unshare(CLONE_NEWUSER)); }), EPERM);
    EXPECT_EQ(inside([] {
                  return problem_of(
                      ::syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, nullptr, nullptr, nullptr, 0));
              }),
              EPERM);
    EXPECT_EQ(inside([] { return problem_of(::syscall(SYS_clone3, nullptr, 0)); }), ENOSYS);
    EXPECT_EQ(inside([] { return problem_of(::syscall(SYS_memfd_create, "x", 0)); }), EPERM);
    EXPECT_EQ(inside([] { return problem_of(::syscall(SYS_io_uring_setup, 1, nullptr)); }), EPERM);
}

TEST_F(Confinement, StartsNothingOnceProgramsAreForbidden) {
    const auto git = [] { return !forbid_programs() ? not_confined : started("/usr/bin/git"); };
    EXPECT_EQ(inside(git), EPERM);
}

} // namespace
} // namespace pedigree::worker
