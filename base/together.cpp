#include "base/together.h"

#include <algorithm>
#include <thread>

#include "base/caught.h"
#include "base/sync.h"

namespace pedigree {

Status do_together(const std::vector<Task>& tasks, std::size_t threads_max) {
    struct Work {
        std::size_t next = 0;
        Status outcome;
    };
    Sync<Work> work;
    const auto take = [&](Work& now) -> const Task* {
        return now.outcome && now.next < tasks.size() ? &tasks[now.next++] : nullptr;
    };
    const auto run = [&] {
        while (const Task* task = work.with(take)) {
            if (Status done = caught(*task); !done) {
                work.with([&](Work& now) {
                    if (now.outcome) {
                        now.outcome = std::move(done);
                    }
                });
            }
        }
    };
    {
        std::vector<std::jthread> others;
        for (std::size_t i = 1; i < std::min(threads_max, tasks.size()); ++i) {
            others.emplace_back(run);
        }
        run();
    }
    return work.with([](Work& now) { return std::move(now.outcome); });
}

} // namespace pedigree
