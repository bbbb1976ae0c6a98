#include "worker/confinement.h"

#include <system_error>

#include <sys/prctl.h>

#include "worker/file_reach.h"
#include "worker/system_calls.h"

namespace pedigree::worker {
namespace {

FileReach reach_of(const std::filesystem::path& scratch, const std::filesystem::path& cache) {
    FileReach reach;
    reach.writable = {scratch, cache, "/dev/null"};
    reach.readable = {"/usr", "/lib", "/lib64", "/dev/urandom",
                      // the loader, certificates, the name service
                      "/etc/ld.so.cache", "/etc/ssl", "/etc/ca-certificates", "/etc/gnutls",
                      "/etc/resolv.conf", "/etc/hosts", "/etc/host.conf", "/etc/nsswitch.conf",
                      "/etc/gai.conf", "/etc/services", "/etc/passwd", "/etc/group",
                      "/etc/localtime"};
    // Starting a program is starting its loader. This one becomes ssh (source/ssh_program.h).
    reach.executable = {"/proc/self/exe",
                        "/usr/bin/git",
                        "/usr/lib/git-core",
                        "/usr/bin/ssh",
                        "/lib64/ld-linux-x86-64.so.2",
                        "/lib/ld-linux-aarch64.so.1"};
    return reach;
}

} // namespace

Status confine(const std::filesystem::path& scratch, const std::filesystem::path& cache) {
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    hide_from_processes();
    TRY(restrict_files(reach_of(scratch, cache)));
    return restrict_system_calls();
}

void hide_from_processes() {
    ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

} // namespace pedigree::worker
