#include "cli/runs/table.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/rounded.h"
#include "cli/app/csv.h"
#include "cli/app/time_text.h"

namespace pedigree::cli {

namespace {

std::string text_in(const TrackerRun& run, const RunField& field) {
    const auto value = value_of(run, field);
    return value ? value->text : "";
}

// One after the other and each once.
class Columns {
  public:
    void add(const RunField& field) {
        if (std::find(fields.begin(), fields.end(), field) == fields.end()) {
            fields.push_back(field);
        }
    }
    std::vector<RunField> fields;
};

bool varies(const std::vector<TrackerRun>& runs, const RunField& field) {
    return std::any_of(runs.begin(), runs.end(), [&](const TrackerRun& run) {
        return value_of(run, field) != value_of(runs.front(), field);
    });
}

// What is asked for of a metric and is not its last value.
bool is_extreme(const std::vector<TrackerRun>& runs, const RunField& field) {
    return field.kind == FieldKind::Metric &&
           std::any_of(runs.begin(), runs.end(),
                       [&](const TrackerRun& run) { return value_of(run, field).has_value(); });
}

// "3/2": attempt 2 of trial 3; empty: nobody recorded which.
std::string place_text(const TrackerRun& run) {
    return run.attempt == 0 ? "" : fmt::format("{}/{}", run.trial, run.attempt);
}

std::string count_text_of(std::int64_t number) {
    return number == 0 ? "" : std::to_string(number);
}

std::string recorded_text(const TrackerRun& run) {
    return run.recorded ? to_text(*run.recorded) : "";
}

std::string age_of(const TrackerRun& run, Instant now) {
    return run.recorded
               ? age_text(std::chrono::duration_cast<std::chrono::seconds>(now - *run.recorded))
               : "";
}

std::vector<std::string> column_of(const std::vector<TrackerRun>& runs, const RunField& field,
                                   bool whole) {
    std::vector<std::string> texts;
    for (const TrackerRun& run : runs) {
        texts.push_back(text_in(run, field));
    }
    return whole ? texts : rounded_apart(texts);
}

// A number where JSON has one for it, else its text.
Json json_of(const MetricValue& value) {
    return value.is_finite() ? Json(value.number()) : Json(value.text());
}

} // namespace

std::vector<RunField> run_columns(const std::vector<TrackerRun>& runs,
                                  const std::vector<RunField>& first, std::size_t columns_max) {
    const std::vector<RunField> logged = logged_fields(runs);
    Columns columns;
    for (const RunField& field : first) {
        if (std::find(logged.begin(), logged.end(), field) != logged.end() ||
            is_extreme(runs, field)) {
            columns.add(field);
        }
    }
    for (const RunField& field : logged) {
        if (field.kind == FieldKind::Parameter && varies(runs, field)) {
            columns.add(field);
        }
    }
    // Long lists of parameters leave room for what came of them.
    const std::size_t parameters_max = std::max(first.size(), columns_max / 2);
    if (columns.fields.size() > parameters_max && logged.size() > columns_max) {
        columns.fields.resize(parameters_max);
    }
    for (const FieldKind kind : {FieldKind::Metric, FieldKind::Parameter}) {
        for (const RunField& field : logged) {
            if (field.kind == kind) {
                columns.add(field);
            }
        }
    }
    columns.fields.resize(std::min(columns.fields.size(), columns_max));
    return columns.fields;
}

Table run_table(const std::vector<TrackerRun>& runs, const RunTableShape& shape, Instant now) {
    Table table{{"NAME", "TRACKER", "STATUS"}, {}};
    if (!shape.of_one_experiment) {
        table.header.emplace_back("EXPERIMENT");
    }
    table.header.emplace_back("TRIAL");
    std::vector<std::vector<std::string>> columns;
    for (const RunField& field : shape.columns) {
        table.header.push_back(field.text());
        columns.push_back(column_of(runs, field, shape.wide));
    }
    if (shape.wide) {
        table.header.insert(table.header.end(), {"ID", "POD", "AGE"});
    }
    for (std::size_t i = 0; i < runs.size(); ++i) {
        const TrackerRun& run = runs[i];
        std::vector<Cell> row{{run.name.empty() ? run.id : run.name}, {run.tracker}, {run.status}};
        if (!shape.of_one_experiment) {
            row.push_back({run.experiment});
        }
        row.push_back({place_text(run)});
        for (const auto& column : columns) {
            row.push_back({column[i]});
        }
        if (shape.wide) {
            row.insert(row.end(), {{run.id}, {run.pod_uid}, {age_of(run, now)}});
        }
        table.rows.push_back(std::move(row));
    }
    return table;
}

std::string run_csv(const std::vector<TrackerRun>& runs) {
    const std::vector<RunField> logged = logged_fields(runs);
    std::vector<std::string> header{"name",    "id",    "tracker", "status", "experiment",
                                    "project", "trial", "attempt", "podUid", "recorded"};
    for (const RunField& field : logged) {
        header.push_back(field.text());
    }
    std::string text = csv_line(header);
    for (const TrackerRun& run : runs) {
        std::vector<std::string> line{run.name,
                                      run.id,
                                      run.tracker,
                                      run.status,
                                      run.experiment,
                                      run.project,
                                      count_text_of(run.trial),
                                      count_text_of(run.attempt),
                                      run.pod_uid,
                                      recorded_text(run)};
        for (const RunField& field : logged) {
            line.push_back(text_in(run, field));
        }
        text += csv_line(line);
    }
    return text;
}

Json run_list_json(const RunList& list) {
    Json document{{"asOf", list.as_of}, {"truncated", list.truncated}, {"items", Json::array()}};
    for (const TrackerRun& run : list.runs) {
        Json metrics = Json::object(), extremes = Json::object();
        for (const auto& [name, value] : run.metrics) {
            metrics[name] = json_of(value);
        }
        for (const auto& [name, value] : run.extremes) {
            extremes[name] = {{"min", json_of(value.min)}, {"max", json_of(value.max)}};
        }
        document["items"].push_back({{"id", run.id},
                                     {"name", run.name},
                                     {"tracker", run.tracker},
                                     {"status", run.status},
                                     {"experiment", run.experiment},
                                     {"project", run.project},
                                     {"trial", run.trial == 0 ? Json() : Json(run.trial)},
                                     {"attempt", run.attempt == 0 ? Json() : Json(run.attempt)},
                                     {"podUid", run.pod_uid},
                                     {"recorded", recorded_text(run)},
                                     {"parameters", run.parameters},
                                     {"metrics", std::move(metrics)},
                                     {"extremes", std::move(extremes)}});
    }
    return document;
}

} // namespace pedigree::cli
