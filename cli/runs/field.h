#pragma once
// What a run can be chosen and sorted by: metric.NAME (the last value; metric.NAME.min and
// metric.NAME.max are the least and the greatest), param.NAME, and its own fields name, id,
// tracker, status, experiment, project, trial and attempt. Pure.

#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/words.h"
#include "cli/runs/run.h"
#include "cli/trials/list.h"

namespace pedigree::cli {

enum class FieldKind {
    Metric,
    Parameter,
    Name,
    Id,
    Tracker,
    Status,
    Experiment,
    Project,
    Trial,
    Attempt,
};
Words<FieldKind> words_of(FieldKind);

struct RunField {
    FieldKind kind = FieldKind::Name;
    std::string name; // of the metric or the parameter

    std::string text() const; // "metric.f1", as it is written
    bool is_number() const;   // its values are numbers and nothing else
    auto operator<=>(const RunField&) const = default;
};

// "metric.val/f1", "status". InvalidInput names the nearest, or all.
Result<RunField> parse_run_field(std::string_view text);

// As text and, where it is one, as a number; NaN is none, it stands before and behind nothing.
// Nothing: the run does not have it.
std::optional<Scalar> value_of(const TrackerRun& run, const RunField& field);
// Whether the record's word for a tracker is the one that was typed: in any case of letters, and
// "wandb" is W&B.
bool is_tracker(std::string_view recorded, std::string_view typed);
// A text as a value: a number if it is one.
Scalar scalar_of(std::string_view text);

// The parameters, then the metrics that runs have, each once, by name.
std::vector<RunField> logged_fields(const std::vector<TrackerRun>& runs);

} // namespace pedigree::cli
