#include "cli/experiment/experiment_table.h"

#include <nlohmann/json.hpp>

#include "base/rounded.h"
#include "cli/app/time_text.h"
#include "cli/experiment/experiment.h"

namespace pedigree::cli {

namespace {

constexpr std::size_t short_commit_digits = 12;

std::string age_of(const Experiment& experiment, Instant now) {
    if (!experiment.created) {
        return "<unknown>";
    }
    return age_text(std::chrono::duration_cast<std::chrono::seconds>(now - *experiment.created));
}

std::string duration_of(const Experiment& experiment, Instant now) {
    const auto duration = experiment.duration(now);
    return duration ? age_text(*duration) : "";
}

} // namespace

Table experiments_table(const std::vector<Json>& objects, Instant now, const TableShape& shape) {
    Table table;
    if (shape.with_namespace) {
        table.header.push_back("NAMESPACE");
        table.named_by = 2;
    }
    for (const char* name : {"NAME", "PHASE", "REASON", "TRIALS", "BEST", "COMMIT", "AGE"}) {
        table.header.push_back(name);
    }
    if (shape.wide) {
        table.header.insert(table.header.end(), {"DURATION", "IMAGE", "QUEUE", "MESSAGE"});
    }
    for (const Json& object : objects) {
        const Experiment experiment = experiment_from(object);
        std::vector<Cell> row;
        if (shape.with_namespace) {
            row.push_back({experiment.key.name_space});
        }
        row.push_back({experiment.key.name});
        row.push_back({experiment.phase.empty() ? "New" : experiment.phase,
                       colour_of_phase(experiment.phase)});
        row.push_back({experiment.reason});
        row.push_back({experiment.progress});
        row.push_back({shape.wide ? experiment.best : rounded(experiment.best)});
        row.push_back({experiment.commit.substr(0, short_commit_digits)});
        row.push_back({age_of(experiment, now)});
        if (shape.wide) {
            row.push_back({duration_of(experiment, now)});
            row.push_back({experiment.image});
            row.push_back({experiment.queue});
            row.push_back({experiment.message});
        }
        table.rows.push_back(std::move(row));
    }
    return table;
}

} // namespace pedigree::cli
