#pragma once
// Which images an attempt's containers ran, against what its own Job asks for. The Job's template
// cannot be changed once it is made; a pod's can. Pure.

#include <string>

#include "experiment/steps/step.h"

namespace pedigree::experiment {

struct ImagesSeen {
    std::string train, recorder; // digests that ran; "" if they are not known
    bool unread = false;         // of one that ran it is not known
    std::string other;           // what ran that was not asked for, in words; "": nothing
};

// `job` may be gone.
ImagesSeen look_at_images(const Accepted& accepted, const JobSeen* job, const PodSeen& pod);

} // namespace pedigree::experiment
