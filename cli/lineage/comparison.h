#pragma once
// What differs between trials: a row for each thing that is known of one of them, a column for each
// of them. Pure.

#include <optional>
#include <string>
#include <vector>

#include "cli/app/table.h"
#include "cli/lineage/ancestry.h"
#include "cli/trials/list.h"

namespace pedigree::cli {

// All that is known of one of those that are compared.
struct Compared {
    std::string label; // "mnist-4/7"
    Ancestry ancestry;
    std::optional<Trial> trial; // nothing if the list of trials does not have it (any more)
    std::string metric;         // of the search's objective
    Scalars metrics;            // the last value of each
    std::string run_name;       // of a run: as the script called it
    Scalars run_parameters;     // and what it logged
};

struct ComparedRow {
    std::string
        what; // parameter, objective, metric, commit, tree, lock, base, image, input, seed ...
    std::string name;                          // of the parameter, metric or input
    std::vector<std::optional<Scalar>> values; // one for each; nothing: it has none

    bool differs() const;
};

std::vector<ComparedRow> compared_rows(const std::vector<Compared>& compared, Instant now);

Table comparison_table(const std::vector<Compared>& compared, const std::vector<ComparedRow>& rows);
// {"compared": [label], "items": [{"what", "name"?, "differs", "values"}]}
Json comparison_json(const std::vector<Compared>& compared, const std::vector<ComparedRow>& rows);

} // namespace pedigree::cli
