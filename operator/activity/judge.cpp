#include "operator/activity/judge.h"

#include <fmt/format.h>

namespace pedigree::control {
namespace {

// Only a person can mend these; the other permanent ones are ours.
bool is_configuration(ErrorCode code) {
    return code == ErrorCode::InvalidInput || code == ErrorCode::NotFound ||
           code == ErrorCode::Forbidden;
}

Trouble trouble_of(Prospect prospect) {
    switch (prospect) {
    case Prospect::Passing:
        return Trouble::Passing;
    case Prospect::Permanent:
        return Trouble::Permanent;
    case Prospect::Unknown:
        break;
    }
    return Trouble::Unknown;
}

} // namespace

Refusal refusal_of(const Error& error) {
    return {
        trouble_of(prospect_of(error.code)),
        {is_configuration(error.code) ? FailureClass::Configuration : FailureClass::Infrastructure,
         error.reason.empty() ? std::string(to_string(error.code)) : error.reason, error.message}};
}

Refusal refusal_of(records::work::WorkFailure failure) {
    const Trouble trouble = failure.failure_class != FailureClass::Infrastructure
                                ? Trouble::Permanent
                            : failure.died     ? Trouble::Death
                            : failure.doubtful ? Trouble::Unknown
                                               : Trouble::Passing;
    return {trouble, std::move(failure)};
}

Verdict judge(Refusal refusal, const experiment::ActivityRow& before, bool overdue) {
    Verdict verdict{.again = true, .alike = 1, .failure = std::move(refusal.failure)};
    if (before.reason == verdict.failure.reason) {
        verdict.alike = before.alike + 1;
    }
    std::string& message = verdict.failure.message;
    if (refusal.trouble == Trouble::Permanent) {
        verdict.again = false;
    } else if (refusal.trouble == Trouble::Death && verdict.alike >= deaths_max) {
        verdict.again = false;
        verdict.failure.reason = "WorkPoisoned";
        message = fmt::format("given up: the process that does this died {} times in a row; {}",
                              verdict.alike, message);
    } else if (refusal.trouble == Trouble::Unknown && verdict.alike >= unknown_tries_max) {
        verdict.again = false;
        message =
            fmt::format("given up after {} tries that failed alike: {}", verdict.alike, message);
    } else if (overdue) {
        verdict.again = false;
        verdict.failure.failure_class = FailureClass::Deadline;
    }
    return verdict;
}

} // namespace pedigree::control
