#include "experiment/doubt.h"

#include <algorithm>

namespace pedigree::experiment {
namespace {

constexpr char separator = ',';

} // namespace

Words<Doubt> words_of(Doubt) {
    static constexpr Word<Doubt> table[] = {
        {Doubt::Unprotected, "Unprotected"},   {Doubt::LabelsGone, "LabelsGone"},
        {Doubt::SecondPod, "SecondPod"},       {Doubt::LeftPod, "LeftPod"},
        {Doubt::Restarted, "Restarted"},       {Doubt::ImageUnread, "ImageUnread"},
        {Doubt::ImageDiffers, "ImageDiffers"},
    };
    return table;
}

// A word that this version does not know, of a newer one, says nothing to it.
std::vector<Doubt> doubts_of(const AttemptRow& attempt) {
    std::vector<Doubt> doubts;
    std::string_view rest = attempt.doubts;
    while (!rest.empty()) {
        const auto end = std::min(rest.find(separator), rest.size());
        if (const auto doubt = from_word<Doubt>(rest.substr(0, end))) {
            doubts.push_back(*doubt);
        }
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return doubts;
}

bool has_doubt(const AttemptRow& attempt, Doubt doubt) {
    const auto doubts = doubts_of(attempt);
    return std::find(doubts.begin(), doubts.end(), doubt) != doubts.end();
}

void add_doubt(AttemptRow& attempt, Doubt doubt) {
    if (has_doubt(attempt, doubt)) {
        return;
    }
    if (!attempt.doubts.empty()) {
        attempt.doubts += separator;
    }
    attempt.doubts += to_string(doubt);
    attempt.gaps += 1;
}

records::GapKind gap_kind_of(Doubt doubt) {
    return doubt == Doubt::ImageUnread ? records::GapKind::ImageNotRead
                                       : records::GapKind::NotProtected;
}

std::string sentence_of(Doubt doubt) {
    switch (doubt) {
    case Doubt::Unprotected:
        return "The admission policy objects.pedigree.dev was not in force when the attempt began: "
               "whoever may edit the namespace's Jobs and pods could have changed what stands there.";
    case Doubt::LabelsGone:
        return "Somebody took pedigree's labels off the Job or the pod while the attempt ran: what "
               "else was changed there is not known.";
    case Doubt::SecondPod:
        return "The Job had a second pod, which was stopped: what it did is not recorded.";
    case Doubt::LeftPod:
        return "Somebody deleted the Job without its pod before the pod was seen, which was stopped "
               "then: what it did is not recorded.";
    case Doubt::Restarted:
        return "The training container was started more than once, as when somebody changes the pod: "
               "what ran before the last start is not known.";
    case Doubt::ImageUnread:
        return "The node did not say, in words that can be compared, which image a container of the "
               "attempt ran: that it ran what was asked for is not known.";
    case Doubt::ImageDiffers:
        return "A container of the attempt ran another image than was asked for: what it says of "
               "itself is not recorded.";
    }
    return "";
}

} // namespace pedigree::experiment
