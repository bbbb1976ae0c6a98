#include "experiment/steps/attempt_verdict.h"

#include <algorithm>
#include <utility>

#include "experiment/search/objective.h"

namespace pedigree::experiment {
namespace {

using records::pod::Bundle;

// What the recorder said of an output that was there and is not among the artifacts; "" if the
// script wrote none.
std::string why_not_kept(const Bundle& bundle, const std::string& output_name) {
    const std::string prefix = "output " + output_name + ": ";
    std::string why;
    for (const auto& gap : bundle.gaps) {
        if (gap.sentence.starts_with(prefix) && !gap.sentence.ends_with(" is not there")) {
            why += (why.empty() ? "" : "; ") + gap.sentence;
        }
    }
    return why;
}

// An exit code alone: the launcher's report says more.
void refine_failure(AttemptRow& attempt, const Bundle& bundle) {
    run::PodFacts facts;
    facts.phase = "Failed";
    facts.train.terminated = true;
    facts.train.reason = "Error";
    facts.train.exit_code = attempt.exit_code;
    run::LauncherWord word;
    word.exit_code = bundle.launcher.exit_code;
    word.signal = bundle.launcher.signal;
    word.started = bundle.launcher.started;
    word.error = bundle.launcher.error;
    word.failure_hint = bundle.launcher.failure_hint;
    word.deadline_exceeded = bundle.launcher.failure_hint == "DeadlineExceeded";
    word.stderr_tail = bundle.launcher.stderr_tail;
    const run::Verdict verdict = run::classify(facts, "", word);
    set_verdict(attempt, verdict.failure_class, verdict.reason, verdict.message);
}

bool is_kept(const Bundle& bundle, const std::string& output_name) {
    return std::any_of(bundle.artifacts.begin(), bundle.artifacts.end(), [&](const auto& artifact) {
        return artifact.source == "Output" && artifact.name == output_name;
    });
}

// An exit code of 0 is not yet a success: the declared outputs must be in the record.
void refine_success(AttemptRow& attempt, const Bundle& bundle, const spec::ExperimentSpec& spec) {
    if (!bundle.complete) {
        set_verdict(attempt, FailureClass::Infrastructure, "RecordIncomplete",
                    "the script ended well, but its outputs could not all be kept");
        return;
    }
    for (const spec::OutputSpec& output : spec.outputs) {
        if (is_kept(bundle, output.name)) {
            continue;
        }
        if (const std::string why = why_not_kept(bundle, output.name); !why.empty()) {
            set_verdict(attempt, FailureClass::UserCode, "OutputRefused",
                        "the script ended with 0, but its output could not be kept: " + why);
        } else {
            set_verdict(attempt, FailureClass::UserCode, "OutputMissing",
                        "the script ended with 0 but did not write its output " + output.name +
                            " at " + output.path + "; check spec.outputs against the script");
        }
        return;
    }
}

} // namespace

void set_verdict(AttemptRow& attempt, run::FailureClass failure_class, std::string reason,
                 std::string message) {
    attempt.failure_class = failure_class;
    attempt.reason = std::move(reason);
    attempt.message = std::move(message);
}

void refine_verdict(AttemptRow& attempt, const Bundle& bundle, const spec::ExperimentSpec& spec) {
    if (attempt.failure_class == FailureClass::UserCode) {
        refine_failure(attempt, bundle);
    } else if (attempt.failure_class == FailureClass::None) {
        refine_success(attempt, bundle, spec);
    }
}

void read_objective(const Accepted& accepted, const Bundle& bundle, AttemptRow& attempt) {
    if (!accepted.seen.study) {
        return;
    }
    const TrialRow* trial = accepted.seen.history.trial(attempt.trial);
    const bool stopped = trial != nullptr && !trial->stop_reason.empty();
    attempt.objective = objective_of(bundle, accepted.seen.study->objective, stopped);
    if (attempt.objective.empty() && attempt.failure_class == FailureClass::None && !stopped) {
        set_verdict(attempt, FailureClass::Configuration, "ObjectiveMissing",
                    missing_words(bundle, accepted.seen.study->objective));
    }
}

} // namespace pedigree::experiment
