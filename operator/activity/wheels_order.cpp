// The orders for BuildImage: the build itself, and, where the worker asked for wheels of source
// distributions, the Jobs that build those.

#include <nlohmann/json.hpp>

#include "experiment/activity.h"
#include "operator/activity/subject.h"
#include "operator/auxiliary/imports.h"
#include "operator/auxiliary/look.h"
#include "operator/auxiliary/wheel_build.h"
#include "records/names.h"

namespace pedigree::control {
namespace {

namespace work = records::work;

constexpr std::size_t digest_characters = 8; // of a source distribution, in its Job's name

} // namespace

DerivedWheelPlace InputMaker::wheel_place(const Subject& subject) const {
    const auto& registry = subject.platform.registry;
    const std::string& name_space = subject.experiment.name_space;
    return {.repository =
                registry.host + "/" +
                (registry.prefix.empty() ? name_space : registry.prefix + "/" + name_space),
            .base = subject.spec.image.base,
            .recipe = wheel_recipe};
}

Result<ActivityOrder> InputMaker::wheels_order(const PendingActivity& activity,
                                               const Subject& subject,
                                               const work::BuildImageOutcome& asked) const {
    if (asked.unbuilt.size() > unbuilt_wheels_max) {
        return failure(ErrorCode::InvalidInput, "SdistRefused",
                       std::to_string(asked.unbuilt.size()) +
                           " packages of the lock have no wheel that fits, only a source "
                           "distribution, and " +
                           std::to_string(unbuilt_wheels_max) +
                           " may; put wheels of them on the index");
    }
    TRY(const auto known, state_.derived_wheels(wheel_place(subject)));
    ActivityOrder order;
    order.give_up_after = std::chrono::seconds(subject.spec.deadlines.build_seconds);
    for (const work::SourceDistribution& source : asked.unbuilt) {
        if (known.contains(source.digest)) {
            continue;
        }
        const std::string what =
            "wheel-" + source.digest.substr(source.digest.find(':') + 1, digest_characters);
        order.jobs.push_back(
            {.name = records::auxiliary_job_name(subject.experiment.uid, what, activity.row.tries),
             .name_space = subject.experiment.name_space,
             .experiment_uid = subject.experiment.uid,
             .experiment_name = subject.experiment.name,
             .image = subject.spec.image.base,
             .pull_secrets = subject.pull_secrets(),
             .command = wheel_command(source, asked.base_inventory, subject.platform.ca_bundle),
             .memory = derived_wheel_memory,
             .failed_reason = "WheelBuildFailed",
             .builds = source.digest,
             .reads_url = source.url});
    }
    return order;
}

Result<std::map<std::string, work::DerivedWheel>>
InputMaker::wheels_of(const std::vector<AuxiliaryDemand>& jobs) const {
    std::map<std::string, work::DerivedWheel> wheels;
    for (const AuxiliaryDemand& job : jobs) {
        TRY(const std::string log, log_of(api_, job, derived_wheel_log_bytes_max));
        TRY(wheels[job.builds], wheel_in_log(log));
    }
    return wheels;
}

Result<ActivityOrder> InputMaker::make_after_jobs(const PendingActivity& activity,
                                                  const ActivityOrder& order) const {
    TRY(const Subject subject, Subject::load(state_, activity, configuration_));
    if (activity.row.key == experiment::imports_activity) {
        TRY(const Json outcome, parse_json(subject.build_outcome));
        TRY(const auto built, work::build_image_outcome_from(outcome));
        ActivityOrder done;
        done.known = std::make_shared<const Json>(Json{{"key", imports_key(built)}});
        return done;
    }
    TRY(const auto fresh, wheels_of(order.jobs));
    return build_order(activity, subject, fresh);
}

} // namespace pedigree::control
