#include "operator/activity/kinds/wheels.h"

#include <nlohmann/json.hpp>

#include "operator/auxiliary/look.h"
#include "operator/auxiliary/wheel_build.h"
#include "records/names.h"

namespace pedigree::control {
namespace {

constexpr std::size_t digest_characters = 8; // of a source distribution, in its Job's name

} // namespace

DerivedWheelPlace wheel_place(const Subject& subject) {
    return {.repository = subject.platform.registry.host + "/" + subject.repository(),
            .base = subject.spec.image.base,
            .recipe = wheel_recipe};
}

Result<ActivityOrder> wheels_order(const Subject& subject,
                                   const records::work::BuildImageOutcome& asked) {
    if (asked.unbuilt.size() > unbuilt_wheels_max) {
        return failure(ErrorCode::InvalidInput, "SdistRefused",
                       std::to_string(asked.unbuilt.size()) +
                           " packages of the lock have no wheel that fits, only a source "
                           "distribution, and " +
                           std::to_string(unbuilt_wheels_max) +
                           " may; put wheels of them on the index");
    }
    TRY(const auto known, subject.from.memory.derived_wheels(wheel_place(subject)));
    ActivityOrder order;
    for (const records::work::SourceDistribution& source : asked.unbuilt) {
        if (known.contains(source.digest.text())) {
            continue;
        }
        const std::string what = "wheel-" + source.digest.hex().substr(0, digest_characters);
        order.jobs.push_back(
            {.name = records::auxiliary_job_name(subject.experiment.uid, what,
                                                 subject.activity.row.tries),
             .name_space = subject.experiment.name_space,
             .experiment_uid = subject.experiment.uid,
             .experiment_name = subject.experiment.name,
             .nonce = subject.activity.row.nonce,
             .image = subject.platform.registry.as_pulled(subject.spec.image.base),
             .pull_secrets = subject.pull_secrets(),
             .command = wheel_command(source, asked.base_inventory, subject.platform.ca_bundle),
             .memory = derived_wheel_memory,
             .failed_reason = "WheelBuildFailed",
             .builds = source.digest.text(),
             .reads_url = source.url,
             .image_digests = {asked.base_digest, asked.base_index_digest}});
    }
    return order;
}

Result<BuildMemory::Wheels> wheels_of(const Subject& subject, const ActivityOrder& order) {
    BuildMemory::Wheels wheels;
    for (const AuxiliaryDemand& job : order.jobs) {
        TRY(const std::string log, log_of(subject.from.api, job, derived_wheel_log_bytes_max));
        TRY(auto wheel, wheel_in_log(log));
        wheel.image_unread = order.images_unread.contains(job.name);
        wheels[job.builds] = std::move(wheel);
    }
    return wheels;
}

} // namespace pedigree::control
