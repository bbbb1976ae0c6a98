#pragma once
// Which children of this process run, and the end of those that it only adopted: processes whose
// parent has ended (PR_SET_CHILD_SUBREAPER). Part of base/child_process; one list a process, any
// thread.

#include <functional>
#include <set>

#include <sys/types.h>

#include "base/result.h"

namespace pedigree {

class Children {
  public:
    // Starts one by `launch`, while no other thread starts or ends one. `strangers` becomes the
    // children that this process has and that were not added here.
    static Result<pid_t> add(std::set<pid_t>& strangers,
                             const std::function<Result<pid_t>()>& launch);
    // Reaps one that has ended, and gives its status as waitpid does; kills and reaps what this
    // process adopted of it, that is every child that was neither added here nor is a stranger.
    static int remove(pid_t ended, const std::set<pid_t>& strangers);
};

} // namespace pedigree
