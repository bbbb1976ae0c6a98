#pragma once
// AcquisitionSearch: where is the acquisition of a surrogate best, among the allowed points that no
// trial has? In a small space every point is asked; in others draws from the priors, neighbours and
// mutations of the best trials, and the best of these climb. Refers to all it is made from. Private
// to this folder; pure but for the stream.

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
