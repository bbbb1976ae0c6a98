#pragma once
// What BuildImage needs where a lock has source distributions: Jobs that build wheels of them, and
// the wheels that came out. Any thread may call.

#include <vector>

#include "operator/activity/subject.h"

namespace pedigree::control {

DerivedWheelPlace wheel_place(const Subject& subject);

// A Job for each source distribution that has no known wheel yet; none: all are there.
// InvalidInput: they are more than may be built.
Result<ActivityOrder> wheels_order(const Subject& subject,
                                   const records::work::BuildImageOutcome& asked);

// What the pods of its Jobs printed. Unavailable: a pod is gone.
Result<BuildMemory::Wheels> wheels_of(const Subject& subject, const ActivityOrder& order);

} // namespace pedigree::control
