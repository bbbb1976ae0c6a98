#pragma once
// The conditions of an Experiment, as the CRD's status lists them, and the reasons of those with
// which nothing is wrong; else the reason is the decision's. Pure.

#include "base/words.h"

namespace pedigree::experiment {

enum class ConditionType {
    Validated,
    SourceResolved,
    ImageReady,
    Admitted,
    Running,
    LineageRecorded,
    Succeeded,
    Failed,
    Finished,
};
Words<ConditionType> words_of(ConditionType);

enum class Truth { True, False, Unknown };
Words<Truth> words_of(Truth);

enum class ConditionReason {
    NotYet,
    SpecValid,
    CommitPinned,
    ImagePushed,
    PodPlaced,
    PodRunning,
    Committed,
    Completed, // also of an Experiment that came to its end
    Ended,
};
Words<ConditionReason> words_of(ConditionReason);

} // namespace pedigree::experiment
