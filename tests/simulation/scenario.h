#pragma once
// Scenario: what the user and the pods do in one run. The user acts on what stands on the API
// server, never at a time, so that a disturbed run sees the same deeds as an undisturbed one.

#include <algorithm>
#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "tests/simulation/node_double.h"

namespace pedigree::simulation {

enum class Deed {
    Suspend,
    Resume,
    Cancel,
    Delete,
    RaiseMaxTrials,
    TakeLabels, // off the pod that trains, and its Job
    OrphanPod,  // its Job is deleted, and it is not
    TakePod,    // away at once, with the finalizer by which the Job controller would count it
};

// A Job that another made beforehand, under the name that the first attempt's will have.
enum class Foreign {
    None,
    Stranger,  // not ours, and does not say so; with a nonce of its own
    Imitation, // says in all that others can write that it is ours
};

struct Scenario {
    std::string name;
    std::vector<PodEnd> ends; // by attempt; the last one repeats
    std::vector<Deed> deeds;  // in order; each waits for its moment
    std::string search;       // JSON of spec.search; then `ends` are by trial, of its first attempt
    PodEnd gate = PodEnd::Success;    // of auxiliary pods
    bool source_distribution = false; // the lock has one, so its wheel is built first
    Foreign foreign = Foreign::None;

    bool has(Deed deed) const { return std::find(deeds.begin(), deeds.end(), deed) != deeds.end(); }
};

extern const std::vector<Scenario> scenarios;

// For gtest: a scenario's name in messages, and as a part of a test's name.
std::ostream& operator<<(std::ostream& out, const Scenario& scenario);
std::string test_name(const Scenario& scenario);

// How much is to be run, where the environment says so: PEDIGREE_RUNS, _SEED, _MOMENTS.
std::optional<std::uint64_t> number_in(const char* variable);

} // namespace pedigree::simulation
