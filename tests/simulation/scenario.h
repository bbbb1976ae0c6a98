#pragma once
// Scenario: what the user and the pods do in one run. The user acts on what stands on the API server,
// never at a time, so that a disturbed run sees the same deeds as an undisturbed one.

#include <string>
#include <vector>

#include "tests/simulation/node_double.h"

namespace pedigree::simulation {

enum class Deed { Suspend, Resume, Cancel, Delete };

struct Scenario {
    std::string name;
    std::vector<PodEnd> ends;  // by attempt; the last one repeats
    std::vector<Deed> deeds;   // in order; each waits for its moment
};

extern const std::vector<Scenario> scenarios;

} // namespace pedigree::simulation
