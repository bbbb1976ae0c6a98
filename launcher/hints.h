#pragma once
// Why the command failed, read from what is at hand when it ends. A hint is the word of user code:
// the operator takes OOM, exit code and signal from the pod's status first. Pure.

#include <cstdint>
#include <string>
#include <string_view>

namespace pedigree::launcher {

struct Ending {
    std::int64_t exit_code = 0; // 128 + signal if it died of one
    std::int64_t signal = 0;
    bool deadline = false;             // the training deadline passed and we stopped it
    std::int64_t kernel_oom_kills = 0; // counted by the container's cgroup during the run
    std::string_view stderr_tail;
};

// CudaOutOfMemory, OutOfMemory, DeadlineExceeded or "". A CUDA out-of-memory error ends a script
// with an ordinary exit code; only its text tells (TensorFlow's and PyTorch's words, CUDA's own).
std::string failure_hint(const Ending& ending);

} // namespace pedigree::launcher
