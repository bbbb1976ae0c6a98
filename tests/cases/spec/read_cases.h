#pragma once
// The cases of this folder (README.md), for the parser's test and for the API server's.

#include <memory>
#include <string>
#include <vector>

#include "base/json.h"

namespace pedigree::cases {

struct Refusal {
    std::string path;
    std::string server_path;
    std::string code;
    std::string message;
    std::string server_message;
};

struct SpecCase {
    std::string file;
    std::string name;
    std::string document; // the whole object, JSON
    std::string updated;  // the object after the update, JSON; empty without one
    std::vector<Refusal> refusals;
    bool seen_by_parser = true;
    bool seen_by_server = true;

    std::string title() const { return file + ": " + name; }
};

std::vector<SpecCase> read_spec_cases();

// The smallest legal Experiment.
Json minimal_experiment();

} // namespace pedigree::cases
