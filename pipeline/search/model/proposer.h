#pragma once
// Proposer: an algorithm. propose() is a function of the observations and the trial's number alone;
// what an object keeps between calls is only worked out from earlier observations of the same
// search. Private to this folder; one thread at a time.
//
// That function is what makes a search survive: the operator keeps no state of an algorithm. After
// a crash the recorded events are applied to a new Proposer, and the next proposal is the same, bit
// for bit (docs/spec/search.md, "Replay"). So a propose() reads no clock, draws from a Stream keyed
// by seed and trial, and never from how often it was called.

#include <memory>
#include <optional>
#include <vector>

#include "pipeline/search/model/earlier_points.h"
#include "pipeline/search/model/observations.h"
#include "pipeline/search/sample/sobol.h"
#include "pipeline/search/search.h"

namespace pedigree::search {

// Spaces up to this size are enumerated instead of sampled.
constexpr std::size_t enumerated_points_max = 20'000;
constexpr std::size_t grid_points_max = 100'000;

// What all algorithms know of the study. Refers to it.
struct Domain {
    Domain(const Study& asked, const std::vector<EarlierStudy>& before);

    const Study& study;
    Encoding encoding;
    std::optional<std::vector<Point>> points; // every allowed one, if they are few enough
    std::vector<EarlierPoints> earlier;       // what of earlier searches counts here

    // As it will be observed: through its parameters and back.
    Point canonical(const Point& point) const { return *encoding.encode(encoding.decode(point)); }
    bool is_fresh(const Point& point, const Observations& observations) const;
};

struct Proposal {
    Point point;
    std::optional<std::int64_t> repeats;
    Reason reason;
};

class Proposer {
  public:
    virtual ~Proposer() = default;
    // Nothing: the space is exhausted.
    virtual std::optional<Proposal> propose(const Observations& observations,
                                            std::int64_t trial) = 0;
    // The trial to believe in; by default that with the lowest loss. Nothing: none has one.
    virtual std::optional<std::int64_t> best(const Observations& observations);
};

// The values of study.first; what they leave open lies in the middle of its prior.
Point first_point(const Encoding& encoding, const Study& study);
// One point from the priors that is allowed and was not taken yet.
std::optional<Point> fresh_draw(const Domain& domain, const Observations& observations,
                                Stream& stream);
// The same from the Sobol sequence, from `index` on.
std::optional<Point> fresh_sobol(const Domain& domain, const Observations& observations,
                                 const Sobol& sobol, std::uint32_t index);

// `domain` outlives it.
std::unique_ptr<Proposer> make_proposer(const Domain& domain);

} // namespace pedigree::search
