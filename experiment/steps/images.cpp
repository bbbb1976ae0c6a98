#include "experiment/steps/images.h"

#include "pipeline/run/image.h"

namespace pedigree::experiment {
namespace {

void keep_digest(std::vector<std::string>& digests, const std::string& digest) {
    if (!digest.empty()) {
        digests.push_back(digest);
    }
}

std::string asked_of(const JobSeen* job, const std::string& container) {
    if (job == nullptr) {
        return "";
    }
    const auto found = job->images.find(container);
    return found == job->images.end() ? "" : run::digest_at_end(found->second);
}

// An image used as it is may be an index's: what its build looked at is the platform's manifest.
run::ImageAsked asked_for_training(const Accepted& accepted, const JobSeen* job) {
    const auto& prebuilt = accepted.spec.image.prebuilt;
    run::ImageAsked asked;
    keep_digest(asked.digests,
                job != nullptr ? asked_of(job, run::train_container) : accepted.row.image_digest);
    if (prebuilt && prebuilt->as_is) {
        keep_digest(asked.digests, accepted.row.base_digest);
    }
    keep_digest(asked.digests, accepted.row.image_config_digest);
    asked.all_known = !accepted.row.image_config_digest.empty(); // built before it was noted
    return asked;
}

run::ImageAsked asked_for_ours(const Accepted& accepted, const JobSeen* job,
                               const std::string& container) {
    run::ImageAsked asked;
    keep_digest(asked.digests, asked_of(job, container));
    if (!asked.digests.empty()) {
        const auto& also = accepted.seen.pod_image_digests;
        asked.digests.insert(asked.digests.end(), also.begin(), also.end());
    }
    return asked;
}

void note(ImagesSeen& seen, const run::ContainerFacts& container, const char* name,
          const run::ImageAsked& asked) {
    const run::ImageMatch match = run::match_image(container, asked);
    seen.unread = seen.unread || match == run::ImageMatch::Unread;
    if (match == run::ImageMatch::Other && seen.other.empty()) {
        seen.other = "container " + std::string(name) + " ran the image " +
                     run::digest_at_end(container.image_id) + ", and " + asked.digests.front() +
                     " was asked for";
    }
}

} // namespace

ImagesSeen look_at_images(const Accepted& accepted, const JobSeen* job, const PodSeen& pod) {
    ImagesSeen seen;
    seen.train = run::digest_at_end(pod.facts.train.image_id);
    seen.recorder = run::digest_at_end(pod.facts.recorder.image_id);
    note(seen, pod.facts.prepare, run::prepare_container,
         asked_for_ours(accepted, job, run::prepare_container));
    note(seen, pod.facts.recorder, run::recorder_container,
         asked_for_ours(accepted, job, run::recorder_container));
    note(seen, pod.facts.train, run::train_container, asked_for_training(accepted, job));
    return seen;
}

} // namespace pedigree::experiment
