#pragma once
// AcquisitionSearch: where is the acquisition of a surrogate best, among the allowed points that no
// trial has? In a small space every point is asked; in others draws from the priors, neighbours and
// mutations of the best trials, and the best of these climb. Refers to all it is made from. Private
// to this folder; pure but for the stream.
//
// A prediction costs O(trials^2), so that what can be asked shrinks as a search grows: a space of p
// points is asked whole while p * trials stays below a million; else 150 to 1,500 candidates are.
// Half of these come from the priors (no region is written off), a quarter are neighbours of the
// best trials, a quarter mutations of them. The best three then move to their best neighbour, six
// times, with steps that halve; from 50 trials on the best one does, three times.

#include <optional>
#include <vector>

#include "pipeline/search/model/proposer.h"
#include "pipeline/search/model/surrogate.h"
#include "pipeline/search/sample/candidates.h"

namespace pedigree::search {

struct Scored {
    Candidate candidate;
    Score score;
};

class AcquisitionSearch {
  public:
    AcquisitionSearch(const Domain& domain, const Surrogate& surrogate,
                      const Observations& observations)
        : domain_(domain), surrogate_(surrogate), observations_(observations) {}

    // `hints` are looked at as well, with their neighbours. Nothing: no point is left.
    std::optional<Scored> best(const std::vector<Point>& hints, Stream& stream) const;

  private:
    bool can_ask_everything() const;
    std::vector<Candidate> everything() const;
    std::vector<Candidate> sample(const std::vector<Point>& hints, Stream& stream) const;
    std::vector<Scored> scored(std::vector<Candidate> candidates) const;
    void climb(std::vector<Scored>& best, Stream& stream) const;

    const Domain& domain_;
    const Surrogate& surrogate_;
    const Observations& observations_;
};

} // namespace pedigree::search
