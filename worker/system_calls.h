#pragma once
// Which system calls this process and all that it starts can still make: seccomp filters, which
// only ever add up. They lie over the pod's own profile (RuntimeDefault), which knows nothing of
// what one piece of work needs. What is refused fails with EPERM; a call of another architecture
// ends the process. All threads are covered.

#include "base/result.h"

namespace pedigree::worker {

// No other process's memory, no mounts and namespaces, no keys, kernel modules, BPF, io_uring or
// memory files, and no socket but TCP and UDP over IP.
Status restrict_system_calls();

// From now on no program is started, and no process.
Status forbid_programs();

} // namespace pedigree::worker
