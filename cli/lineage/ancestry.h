#pragma once
// What one attempt was made of, and who asked for it, read from the answer of a trace: the few
// facts that comparing needs. What the answer does not say is empty. Pure.

#include <map>
#include <optional>
#include <string>

#include "base/json.h"
#include "cli/trials/list.h"

namespace pedigree::cli {

struct Ancestry {
    std::string attempt; // uid; empty if the answer is about an Experiment
    std::string experiment, experiment_uid, project;
    std::int64_t trial = 0;
    Scalars parameters;  // as the command got them
    std::string command; // as a shell would show it
    std::string seed;
    std::string requester;
    std::string commit, tree, lock, base, image;
    std::map<std::string, std::string> inputs; // name to digest
    std::string outcome;                       // how the Experiment ended
    bool truncated = false;                    // there was more than the answer holds
};

// Follows what made the root: its attempt (of bytes that were made more than once the first), the
// attempt's trial, image and commit. Of an Experiment, what all its attempts have in common.
Ancestry ancestry_from(const Json& answer);

// The parameters of a trial: what was proposed, and of the spec what the search does not vary,
// since there the spec has the first trial's value.
Scalars parameters_of_trial(const Json& spec, const Json& proposed);

// The words of a command as a shell would show them; printable.
std::string command_text(const Json& command);

// How the script called a run, from the answer about it.
std::string run_name_from(const Json& answer);

// What the script logged as parameters of a run, from the answer about it.
Scalars run_parameters_from(const Json& answer);

// The last values of the metrics of a run, from the answer about it.
Scalars metrics_from(const Json& answer);

} // namespace pedigree::cli
