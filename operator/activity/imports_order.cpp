// The order for CheckImports: answered from what is known, else by a Job with the built image.

#include <nlohmann/json.hpp>

#include "operator/activity/subject.h"
#include "operator/auxiliary/imports.h"
#include "records/names.h"

namespace pedigree::control {

Result<ActivityOrder> InputMaker::imports_order(const PendingActivity& activity,
                                                const Subject& subject) const {
    const experiment::ExperimentRow& experiment = subject.experiment;
    TRY(const Json outcome, parse_json(subject.build_outcome));
    TRY(const auto built, records::work::build_image_outcome_from(outcome));
    const std::string key = imports_key(built);
    ActivityOrder order;
    order.give_up_after = std::chrono::seconds(subject.spec.deadlines.build_seconds);
    TRY(const bool known, state_.imports_known(key));
    if (known) {
        order.known = std::make_shared<const Json>(Json{{"key", key}, {"known", true}});
        return order;
    }
    AuxiliaryDemand demand{
        .name = records::auxiliary_job_name(experiment.uid, "imports", activity.row.tries),
        .name_space = experiment.name_space,
        .experiment_uid = experiment.uid,
        .experiment_name = experiment.name,
        .image = built.image,
        .pull_secrets = subject.pull_secrets(),
        .command = imports_command(built),
        .memory = subject.spec.resources.memory,
        .failed_reason = "ImportFailed",
        .builds = "",
        .reads_url = ""};
    order.jobs = {std::move(demand)};
    return order;
}

} // namespace pedigree::control
