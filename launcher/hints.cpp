#include "launcher/hints.h"

#include <array>

#include <csignal>

namespace pedigree::launcher {
namespace {

constexpr std::array<std::string_view, 6> cuda_words{
    "CUDA_ERROR_OUT_OF_MEMORY",    "CUDA out of memory",         "cudaErrorMemoryAllocation",
    "torch.cuda.OutOfMemoryError", "CUBLAS_STATUS_ALLOC_FAILED", "CUDNN_STATUS_ALLOC_FAILED",
};

bool contains(std::string_view text, std::string_view word) {
    return text.find(word) != std::string_view::npos;
}

bool speaks_of_cuda_memory(std::string_view text) {
    for (const auto word : cuda_words) {
        if (contains(text, word)) {
            return true;
        }
    }
    // TensorFlow: "ResourceExhaustedError: ... OOM when allocating tensor with shape ... on
    // /job:localhost/replica:0/task:0/device:GPU:0 by allocator GPU_0_bfc".
    return contains(text, "OOM when allocating tensor") && contains(text, "GPU");
}

} // namespace

std::string failure_hint(const Ending& ending) {
    if (ending.deadline) {
        return "DeadlineExceeded";
    }
    if (ending.exit_code == 0) {
        return "";
    }
    if (speaks_of_cuda_memory(ending.stderr_tail)) {
        return "CudaOutOfMemory";
    }
    return ending.signal == SIGKILL && ending.kernel_oom_kills > 0 ? "OutOfMemory" : "";
}

} // namespace pedigree::launcher
