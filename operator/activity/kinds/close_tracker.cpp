// CloseTracker: the tracker is told the truth about an attempt's runs, or about the parent run.

#include <nlohmann/json.hpp>

#include "experiment/run_status.h"
#include "operator/activity/credentials.h"
#include "operator/activity/kinds/kind.h"

namespace pedigree::control {
namespace {

namespace work = records::work;

constexpr std::int64_t tell_seconds_max = 600;

void tell_of_parent(const experiment::ExperimentRow& experiment, work::CloseTrackerInput& input) {
    input.status = experiment.outcome == experiment::Outcome::Succeeded   ? "FINISHED"
                   : experiment.outcome == experiment::Outcome::Cancelled ? "KILLED"
                                                                          : "FAILED";
    input.tags = {{"pedigree.outcome", std::string(to_string(experiment.outcome))},
                  {"pedigree.reason", experiment.reason}};
}

void tell_of_attempt(const experiment::AttemptRow& attempt, work::CloseTrackerInput& input) {
    input.attempt_uid = attempt.pod_uid;
    input.status = experiment::run_status(attempt);
    input.tags = {{"pedigree.exit_code", std::to_string(attempt.exit_code)},
                  {"pedigree.reason", attempt.reason}};
}

Result<ActivityOrder> order(const Subject& subject) {
    work::CloseTrackerInput input;
    TRY(input.target, last_tracker_target(subject));
    input.experiment_uid = subject.experiment.uid;
    input.parent_run_id = subject.experiment.parent_run_id;
    const std::string& name = subject.activity.row.key.name;
    if (name.starts_with(experiment::parent_name)) {
        tell_of_parent(subject.experiment, input);
    } else {
        TRY(const experiment::AttemptRow attempt, subject.attempt(name));
        tell_of_attempt(attempt, input);
    }
    return worker_order(subject.request(work::WorkKind::CloseTracker, call_seconds_max),
                        work::to_json(input));
}

} // namespace

extern const Kind close_tracker{
    .order = order, .give_up_seconds = [](const spec::DeadlinesSpec&) { return tell_seconds_max; }};

} // namespace pedigree::control
