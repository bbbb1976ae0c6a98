#include "cli/experiment/log_source.h"
#include "pipeline/run/pod_facts.h"
#include "records/names.h"

#include <algorithm>
#include <charconv>
#include <map>

#include <nlohmann/json.hpp>

namespace pedigree::cli {

namespace {

// Whether the training container has a state of that word ("running", "terminated").
bool has_state(const Json& pod, std::string_view word) {
    const Json& statuses = at_path(pod, {"status", "containerStatuses"});
    return statuses.is_array() &&
           std::any_of(statuses.begin(), statuses.end(), [&](const Json& status) {
               return string_or(status, "name") == run::train_container &&
                      at_path(status, {"state", word}).is_object();
           });
}

} // namespace

std::int64_t number_in_label(const Json& pod, std::string_view label) {
    const std::string text = k8s::label_of(pod, label);
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

std::vector<PodOfAttempt> attempts_of(const std::vector<Json>& pods) {
    std::map<std::int64_t, std::pair<std::string, PodOfAttempt>> by_number; // with creation time
    for (const Json& pod : pods) {
        PodOfAttempt attempt;
        attempt.attempt = number_in_label(pod, records::attempt_label);
        attempt.name = k8s::key_of(pod).name;
        attempt.ended = has_state(pod, "terminated");
        attempt.started = attempt.ended || has_state(pod, "running");
        const std::string created = string_or(at_path(pod, {"metadata"}), "creationTimestamp");
        auto& kept = by_number[attempt.attempt];
        if (attempt.attempt > 0 && created >= kept.first) {
            kept = {created, attempt};
        }
    }
    by_number.erase(0);
    std::vector<PodOfAttempt> attempts;
    for (const auto& [number, entry] : by_number) {
        attempts.push_back(entry.second);
    }
    return attempts;
}

LogSource log_source(std::int64_t attempt, const std::vector<PodOfAttempt>& pods,
                     const Experiment& experiment) {
    const auto pod = std::find_if(pods.begin(), pods.end(), [&](const PodOfAttempt& each) {
        return each.attempt == attempt;
    });
    if (pod != pods.end() && pod->started) {
        return LogSource::Pod;
    }
    const std::int64_t last =
        std::max(experiment.attempts, pods.empty() ? std::int64_t{0} : pods.back().attempt);
    if (!experiment.finished() && last <= attempt) {
        return LogSource::Later;
    }
    return last >= attempt ? LogSource::Record : LogSource::Nowhere;
}

std::string_view ByteSkipper::rest_of(std::string_view bytes) {
    const std::size_t skipped = std::min<std::uint64_t>(left_, bytes.size());
    left_ -= skipped;
    return bytes.substr(skipped);
}

} // namespace pedigree::cli
