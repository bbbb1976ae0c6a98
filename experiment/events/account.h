#pragma once
// What the record of one attempt rests on while its graph is written: the attempt, what its
// recorder saw, and on whose word. Values of one call of write_observed; one thread.

#include <string>

#include "experiment/events/file_runs.h"
#include "records/event.h"
#include "records/pod/bundle.h"

namespace pedigree::experiment {

struct Account {
    records::NodeRef attempt;
    const records::pod::Bundle& bundle;
    records::Asserted whose;
    std::string server; // of the tracker that its runs are of
    RunNodes in_files;  // runs that no server knows
    std::string end;    // of a run that the script left open
};

records::NodeRef run_node(const std::string& server, const std::string& run_id);

// Each artifact with its files, and the run that it was logged to.
void write_artifacts(records::Event& event, const Account& account);

// What stands in pages is no part of the graph; which documents those are is, and how much is
// there.
void write_pages(records::Event& event, const Account& account);

} // namespace pedigree::experiment
