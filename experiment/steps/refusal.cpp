#include "experiment/steps/refusal.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/backoff.h"
#include "base/text.h"
#include "experiment/status/without_decision.h"
#include "pipeline/run/classify.h"

namespace pedigree::experiment {
namespace {

constexpr std::chrono::seconds refusal_pause_first{5};
constexpr std::chrono::seconds refusal_pause_max{60};
constexpr std::chrono::seconds pod_look_every{10};
constexpr std::size_t refusal_bytes_max = 700; // a condition's message holds 1,000

template <std::size_t count>
bool has_any(std::string_view text, const std::array<std::string_view, count>& pieces) {
    return std::any_of(pieces.begin(), pieces.end(),
                       [&](std::string_view piece) { return text.find(piece) != text.npos; });
}

} // namespace

std::string shown(std::string_view refusal_words) {
    return clean_text(refusal_words, refusal_bytes_max);
}

Prospect prospect_of_pod(std::string_view words) {
    constexpr std::array<std::string_view, 1> passing{"exceeded quota"};
    // A namespace that is being made has no account yet, one that is being deleted takes nothing.
    constexpr std::array<std::string_view, 2> coming{"error looking up service account",
                                                     "is being terminated"};
    constexpr std::array<std::string_view, 3> permanent{
        " is forbidden: ", " is invalid: ", "denied the request"};
    if (has_any(words, passing)) {
        return Prospect::Passing;
    }
    return !has_any(words, coming) && has_any(words, permanent) ? Prospect::Permanent
                                                                : Prospect::Unknown;
}

std::optional<RefusedEnd> end_of(const JobRefusal& refusal) {
    const std::string words = shown(refusal.error.message);
    const Prospect prospect = prospect_of(refusal.error.code);
    const bool own_word =
        !refusal.error.reason.empty() && refusal.error.reason != api_server_refused_reason;
    if (prospect == Prospect::Permanent && own_word) {
        // A name that is taken stops one attempt: the next has another.
        const bool taken = refusal.error.code == ErrorCode::AlreadyExists;
        return RefusedEnd{taken ? FailureClass::Infrastructure : FailureClass::Configuration,
                          refusal.error.reason, words};
    }
    if (prospect == Prospect::Permanent) {
        return RefusedEnd{FailureClass::Configuration, "JobRefused",
                          "the API server refuses the attempt's Job: " + words};
    }
    if (refusal.error.code != ErrorCode::TooMany && refusal.tries >= job_refusals_max) {
        return RefusedEnd{FailureClass::Infrastructure, "JobNotCreated",
                          fmt::format("the API server did not take the attempt's Job, {} times: {}",
                                      refusal.tries, words)};
    }
    return std::nullopt;
}

std::optional<RefusedEnd> end_of(const PodRefusal& refusal, Instant now) {
    const std::string words = shown(refusal.words);
    const Prospect prospect = prospect_of_pod(refusal.words);
    // What was just made may only have come before what it needs.
    if (prospect == Prospect::Permanent &&
        now >= refusal.since + std::chrono::seconds(run::configuration_grace_seconds)) {
        return RefusedEnd{FailureClass::Configuration, "PodRefused",
                          "the cluster refuses the attempt's pod: " + words};
    }
    if (prospect == Prospect::Unknown &&
        now >= refusal.since + std::chrono::seconds(pod_refusal_seconds_max)) {
        return RefusedEnd{FailureClass::Infrastructure, "PodNotCreated",
                          fmt::format("the attempt's pod could not be created for {} s: {}",
                                      pod_refusal_seconds_max, words)};
    }
    return std::nullopt;
}

Decision wait_after(const JobRefusal& refusal, Instant now) {
    const auto again = std::chrono::ceil<std::chrono::milliseconds>(
        std::max(refusal.again_at - now, Instant::duration::zero()));
    const std::string words = shown(refusal.error.message);
    return refusal.error.code == ErrorCode::TooMany
               ? wait(Phase::Queued, "QuotaExceeded", "the Job waits for the quota: " + words,
                      again)
               : wait(Phase::Queued, "WaitingForJob",
                      "the API server did not take the Job, it is tried again: " + words, again);
}

Decision wait_after(const PodRefusal& refusal) {
    const std::string words = shown(refusal.words);
    return prospect_of_pod(refusal.words) == Prospect::Passing
               ? wait(Phase::Queued, "QuotaExceeded", "the pod waits for the quota: " + words,
                      pod_look_every)
               : wait(Phase::Queued, "WaitingForPod",
                      "the Job exists; its pod is refused: " + words, pod_look_every);
}

std::chrono::milliseconds pause_after_refusals(std::int64_t tries) {
    return back_off(tries, {.first = refusal_pause_first, .ceiling = refusal_pause_max});
}

} // namespace pedigree::experiment
