#pragma once
// The log of an Experiment's attempts, wherever it is: from the pod's kubelet while the pod lives,
// from the artifact store through the read API afterwards. Both hold the same bytes (the launcher
// writes what it prints), so a log can be taken up in one place where it broke off in the other.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "cli/experiment/experiment.h"

namespace pedigree::cli {

struct PodOfAttempt {
    std::int64_t attempt = 0;
    std::string name;
    bool started = false; // the training container runs or has run
    bool ended = false;
};

// The attempts among the pods of an Experiment, by number; of two pods of one attempt the younger.
std::vector<PodOfAttempt> attempts_of(const std::vector<Json>& pods);

// The number that a label of a pod holds; 0: none.
std::int64_t number_in_label(const Json& pod, std::string_view label);

// Where the log of an attempt is to be read now.
enum class LogSource {
    Pod,
    Record, // the pod is gone
    Later,  // it has not started yet
    Nowhere // it will never start
};
LogSource log_source(std::int64_t attempt, const std::vector<PodOfAttempt>& pods,
                     const Experiment& experiment);

// Lets pass what comes after the first `skip` bytes, and counts what passed.
class ByteSkipper {
  public:
    explicit ByteSkipper(std::uint64_t skip) : left_(skip) {}
    std::string_view rest_of(std::string_view bytes);

  private:
    std::uint64_t left_;
};

} // namespace pedigree::cli
