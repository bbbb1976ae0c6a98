#pragma once
// Life with a search: what the tests of searches share.

#include "tests/unit/experiment/life.h"

namespace pedigree::experiment {

// Random over two parameters of the sample, maximizing "score".
Json search_of(int max_trials, int parallel);
std::vector<AttemptRow> open_of(const Life& life);
// Every attempt that is open runs, and ends as `exit_code` says.
void start_all(Life& life);
void end_all(Life& life, std::int64_t exit_code = 0);
void run_to_the_end(Life& life);
const TrialRow& trial(const Life& life, std::int64_t number);

} // namespace pedigree::experiment
