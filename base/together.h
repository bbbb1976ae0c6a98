#pragma once
// Does several things beside each other and waits for all of them: requests that would otherwise
// wait for each other's answers. The caller's thread is one of the threads.

#include <cstddef>
#include <functional>
#include <vector>

#include "base/result.h"

namespace pedigree {

using Task = std::function<Status()>;

// Tasks are begun in order, at most threads_max at once, and run on threads of their own. After an
// error no further one is begun; the first error is the answer, when all that were begun have
// ended. A task that throws has failed (base/caught.h).
Status do_together(const std::vector<Task>& tasks, std::size_t threads_max);

} // namespace pedigree
