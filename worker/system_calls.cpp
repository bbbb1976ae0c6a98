#include "worker/system_calls.h"

#include <cerrno>
#include <cstdint>

#include <fmt/format.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/socket.h>

#include "base/errno_text.h"
#include "base/owned.h"

namespace pedigree::worker {
namespace {

constexpr int never_needed[] = {
    // other processes
    SCMP_SYS(ptrace), SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev), SCMP_SYS(kcmp),
    SCMP_SYS(pidfd_getfd), SCMP_SYS(process_madvise), SCMP_SYS(perf_event_open),
    // file systems and namespaces
    SCMP_SYS(mount), SCMP_SYS(umount2), SCMP_SYS(pivot_root), SCMP_SYS(chroot), SCMP_SYS(fsopen),
    SCMP_SYS(fsconfig), SCMP_SYS(fsmount), SCMP_SYS(fspick), SCMP_SYS(move_mount),
    SCMP_SYS(open_tree), SCMP_SYS(mount_setattr), SCMP_SYS(setns), SCMP_SYS(unshare),
    SCMP_SYS(open_by_handle_at), SCMP_SYS(name_to_handle_at), SCMP_SYS(quotactl),
    SCMP_SYS(quotactl_fd), SCMP_SYS(fanotify_init), SCMP_SYS(swapon), SCMP_SYS(swapoff),
    // the kernel itself
    SCMP_SYS(bpf), SCMP_SYS(userfaultfd), SCMP_SYS(io_uring_setup), SCMP_SYS(io_uring_enter),
    SCMP_SYS(io_uring_register), SCMP_SYS(keyctl), SCMP_SYS(add_key), SCMP_SYS(request_key),
    SCMP_SYS(kexec_load), SCMP_SYS(kexec_file_load), SCMP_SYS(init_module), SCMP_SYS(finit_module),
    SCMP_SYS(delete_module), SCMP_SYS(reboot), SCMP_SYS(acct), SCMP_SYS(syslog),
    SCMP_SYS(settimeofday), SCMP_SYS(clock_settime), SCMP_SYS(adjtimex), SCMP_SYS(clock_adjtime),
    SCMP_SYS(personality),
    // programs that lie in no folder, which Landlock would let start
    SCMP_SYS(memfd_create), SCMP_SYS(memfd_secret), SCMP_SYS(execveat)};

constexpr std::uint64_t new_namespaces[] = {CLONE_NEWNS,  CLONE_NEWCGROUP, CLONE_NEWUTS,
                                            CLONE_NEWIPC, CLONE_NEWUSER,   CLONE_NEWPID,
                                            CLONE_NEWNET};

// Everything is allowed but what is refused; the first error is kept until it is loaded.
class Filter {
  public:
    Filter() : context_(::seccomp_init(SCMP_ACT_ALLOW)) {
        note(context_ ? ::seccomp_attr_set(context_.get(), SCMP_FLTATR_CTL_TSYNC, 1) : -ENOMEM);
    }

    template <typename... Comparisons>
    void refuse(int call, Comparisons... comparisons) {
        refuse_with(EPERM, call, comparisons...);
    }

    template <typename... Comparisons>
    void refuse_with(std::uint32_t error, int call, Comparisons... comparisons) {
        if (context_) {
            note(::seccomp_rule_add(context_.get(), SCMP_ACT_ERRNO(error), call,
                                    sizeof...(comparisons), comparisons...));
        }
    }

    Status load() {
        if (problem_ == 0) {
            note(::seccomp_load(context_.get()));
        }
        if (problem_ != 0) {
            return failure(
                ErrorCode::Internal,
                fmt::format("cannot set the child's seccomp filter: {}", errno_text(-problem_)));
        }
        return {};
    }

  private:
    void note(int result) { problem_ = problem_ == 0 && result < 0 ? result : problem_; }

    Owned<void, ::seccomp_release> context_;
    int problem_ = 0;
};

} // namespace

Status restrict_system_calls() {
    Filter filter;
    for (const int call : never_needed) {
        filter.refuse(call);
    }
    // A filter cannot look into clone3's struct; without it the C library takes clone.
    filter.refuse_with(ENOSYS, SCMP_SYS(clone3));
    for (const std::uint64_t flag : new_namespaces) {
        filter.refuse(SCMP_SYS(clone), SCMP_A0(SCMP_CMP_MASKED_EQ, flag, flag));
    }
    for (scmp_datum_t family = 0; family < AF_INET6; ++family) {
        if (family != AF_INET) {
            filter.refuse(SCMP_SYS(socket), SCMP_A0(SCMP_CMP_EQ, family));
        }
    }
    filter.refuse(SCMP_SYS(socket), SCMP_A0(SCMP_CMP_GT, AF_INET6));
    return filter.load();
}

Status forbid_programs() {
    Filter filter;
    filter.refuse(SCMP_SYS(execve));
    filter.refuse(SCMP_SYS(fork));
    filter.refuse(SCMP_SYS(vfork));
    filter.refuse(SCMP_SYS(clone), SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0));
    return filter.load();
}

} // namespace pedigree::worker
