#include "experiment/status/condition.h"

namespace pedigree::experiment {

Words<ConditionType> words_of(ConditionType) {
    static constexpr Word<ConditionType> table[] = {
        {ConditionType::Validated, "Validated"},
        {ConditionType::SourceResolved, "SourceResolved"},
        {ConditionType::ImageReady, "ImageReady"},
        {ConditionType::Admitted, "Admitted"},
        {ConditionType::Running, "Running"},
        {ConditionType::LineageRecorded, "LineageRecorded"},
        {ConditionType::Succeeded, "Succeeded"},
        {ConditionType::Failed, "Failed"},
        {ConditionType::Finished, "Finished"},
    };
    return table;
}

Words<Truth> words_of(Truth) {
    static constexpr Word<Truth> table[] = {
        {Truth::True, "True"}, {Truth::False, "False"}, {Truth::Unknown, "Unknown"}};
    return table;
}

Words<ConditionReason> words_of(ConditionReason) {
    static constexpr Word<ConditionReason> table[] = {
        {ConditionReason::NotYet, "NotYet"},
        {ConditionReason::SpecValid, "SpecValid"},
        {ConditionReason::CommitPinned, "CommitPinned"},
        {ConditionReason::ImagePushed, "ImagePushed"},
        {ConditionReason::PodPlaced, "PodPlaced"},
        {ConditionReason::PodRunning, "PodRunning"},
        {ConditionReason::Committed, "Committed"},
        {ConditionReason::Completed, "Completed"},
        {ConditionReason::Ended, "Ended"},
    };
    return table;
}

} // namespace pedigree::experiment
