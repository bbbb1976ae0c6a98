// CheckImports: the gate before the first trial: answered from what is known, else by a Job with
// the built image.

#include <nlohmann/json.hpp>

#include "operator/activity/kinds/kind.h"
#include "operator/auxiliary/imports.h"
#include "records/names.h"

namespace pedigree::control {
namespace {

Result<records::work::BuildImageOutcome> built_of(const Subject& subject) {
    TRY(const Json outcome, parse_json(subject.build_outcome));
    return records::work::build_image_outcome_from(outcome);
}

Result<ActivityOrder> order(const Subject& subject) {
    const experiment::ExperimentRow& experiment = subject.experiment;
    TRY(const auto built, built_of(subject));
    const std::string key = imports_key(built);
    ActivityOrder order;
    TRY(const bool known, subject.from.memory.imports_known(experiment.name_space, key));
    if (known) {
        order.known = std::make_shared<const Json>(Json{{"key", key}, {"known", true}});
        return order;
    }
    AuxiliaryDemand demand{
        .name = records::auxiliary_job_name(experiment.uid, "imports", subject.activity.row.tries),
        .name_space = experiment.name_space,
        .experiment_uid = experiment.uid,
        .experiment_name = experiment.name,
        .nonce = subject.activity.row.nonce,
        .image = subject.platform.registry.as_pulled(built.image),
        .pull_secrets = subject.pull_secrets(),
        .command = imports_command(built),
        .memory = subject.spec.resources.memory,
        .failed_reason = "ImportFailed",
        .builds = "",
        .reads_url = "",
        .image_digests = {built.config_digest},
        .all_digests_known = !built.config_digest.empty()};
    order.jobs = {std::move(demand)};
    return order;
}

Result<ActivityOrder> order_after_jobs(const Subject& subject, const ActivityOrder& order) {
    TRY(const auto built, built_of(subject));
    Json outcome{{"key", imports_key(built)}};
    if (!order.images_unread.empty()) {
        outcome["imageUnread"] = true;
    }
    ActivityOrder done;
    done.known = std::make_shared<const Json>(std::move(outcome));
    return done;
}

Status remember(BuildMemory& memory, const Done& done) {
    if (bool_or(done.outcome, "imageUnread")) { // its gap is of the record that saw it
        return {};
    }
    return memory.remember_imports(done.activity.name_space, string_or(done.outcome, "key"),
                                   done.activity.experiment_uid);
}

} // namespace

extern const Kind check_imports{
    .order = order,
    .give_up_seconds = [](const spec::DeadlinesSpec& deadlines) { return deadlines.build_seconds; },
    .has_jobs = true,
    .order_after_jobs = order_after_jobs,
    .remember = remember};

} // namespace pedigree::control
