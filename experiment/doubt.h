#pragma once
// Doubt: something that the operator saw of an attempt's Job and pod, or could not see, for which
// its record is less sure. Noted in the attempt's row when it is seen, since it may be gone a
// moment later; each becomes a gap of the record when the attempt ends. Pure.

#include <string>
#include <vector>

#include "base/words.h"
#include "experiment/history.h"
#include "records/event.h"

namespace pedigree::experiment {

enum class Doubt {
    Unprotected,  // no admission policy kept others from writing what is ours
    LabelsGone,   // somebody took our labels off the Job or the pod, so that no cache shows it
    SecondPod,    // the Job had another pod at the same time, or after it
    LeftPod,      // its Job went without it, before the pod was seen
    Restarted,    // the training container was started again, as a changed pod is
    ImageUnread,  // of a container that ran it is not known what it ran
    ImageDiffers, // it ran something that was not asked for: the attempt ends for it
};
Words<Doubt> words_of(Doubt);

bool has_doubt(const AttemptRow& attempt, Doubt doubt);
// Once each; counts a gap.
void add_doubt(AttemptRow& attempt, Doubt doubt);
std::vector<Doubt> doubts_of(const AttemptRow& attempt);

records::GapKind gap_kind_of(Doubt doubt);
std::string sentence_of(Doubt doubt);

} // namespace pedigree::experiment
