#include "cli/trials/table.h"

#include <algorithm>
#include <array>
#include <functional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/rounded.h"
#include "cli/app/csv.h"
#include "cli/app/time_text.h"

namespace pedigree::cli {

namespace {

constexpr std::size_t note_bytes_max = 60;

Colour colour_of(const Trial& trial) {
    return trial.state == "Failed"    ? Colour::Red
           : trial.state == "Stopped" ? Colour::Yellow
           : trial.state == "Running" ? Colour::Blue
                                      : Colour::None;
}

// The column's numbers; rounded, as long as that tells them apart.
std::vector<std::string> column_of(const TrialList& list, const std::vector<std::size_t>& places,
                                   bool whole,
                                   const std::function<std::string(const Trial&)>& text_in) {
    std::vector<std::string> texts;
    for (const std::size_t place : places) {
        texts.push_back(text_in(list.trials[place]));
    }
    return whole ? texts : rounded_apart(texts);
}

std::string text_of(const Scalars& scalars, const std::string& name) {
    const auto found = scalars.find(name);
    return found == scalars.end() ? "" : found->second.text;
}

std::string value_text(const Trial& trial) {
    return trial.value ? trial.value->text : "";
}

std::string duration_text(const Trial& trial, Instant now) {
    const auto duration = trial.duration(now);
    return duration ? age_text(*duration) : "";
}

std::string failure_text(const Trial& trial, bool whole) {
    std::string text = trial.failure_class;
    if (!trial.failure_reason.empty() && trial.failure_reason != trial.failure_class) {
        text += ": " + trial.failure_reason;
    }
    if (whole && !trial.message.empty()) {
        text += ": " + trial.message;
    }
    return text;
}

std::string note_of(const Trial& trial, const TrialList& list, bool whole) {
    std::vector<std::string> notes;
    if (trial.number == list.best) {
        notes.emplace_back("best");
    }
    if (!trial.failure_class.empty()) {
        notes.push_back(failure_text(trial, whole));
    }
    if (!trial.stop_reason.empty()) {
        notes.push_back("stopped by " + trial.stop_reason);
    }
    if (trial.repeats > 0) {
        notes.push_back(fmt::format("repeats {}", trial.repeats));
    }
    if (trial.derived_from > 0) {
        notes.push_back(fmt::format("derived from {}", trial.derived_from));
    }
    if (!trial.reused_from.empty()) {
        notes.push_back("reused from " + trial.reused_from);
    }
    std::string note = fmt::format("{}", fmt::join(notes, ", "));
    return whole || note.size() <= note_bytes_max ? note : note.substr(0, note_bytes_max) + "...";
}

std::string number_text(std::int64_t number) {
    return number == 0 ? "" : std::to_string(number);
}

// A failed trial that was replaced by a further one does not count towards maxTrials.
std::string count_text(const TrialList& list) {
    const auto all = static_cast<std::int64_t>(list.trials.size());
    const auto counted = std::min(all, list.max_trials);
    std::string text = fmt::format("{} of {} {}", counted, list.max_trials,
                                   list.max_trials == 1 ? "trial" : "trials");
    return counted < all ? text + fmt::format(" and {} more for failed ones", all - counted) : text;
}

} // namespace

Table trial_table(const TrialList& list, const std::vector<std::size_t>& places,
                  const TrialTableShape& shape, Instant now) {
    Table table{{"TRIAL", "STATE", "VALUE"}, {}};
    table.header.insert(table.header.end(), shape.parameters.begin(), shape.parameters.end());
    table.header.insert(table.header.end(), {"DURATION", "ATTEMPTS", "NOTE"});
    if (shape.wide) {
        table.header.insert(table.header.end(), {"PROPOSED BY", "RUNS", "POD"});
    }
    const auto values = column_of(list, places, shape.wide, value_text);
    std::vector<std::vector<std::string>> parameters;
    for (const std::string& name : shape.parameters) {
        parameters.push_back(column_of(list, places, shape.wide, [&](const Trial& trial) {
            return text_of(trial.parameters, name);
        }));
    }
    for (std::size_t i = 0; i < places.size(); ++i) {
        const Trial& trial = list.trials[places[i]];
        const Colour best = trial.number == list.best ? Colour::Green : Colour::None;
        std::vector<Cell> row{{std::to_string(trial.number), best},
                              {trial.state, colour_of(trial)},
                              {values[i], best}};
        for (const auto& column : parameters) {
            row.push_back({column[i]});
        }
        row.push_back({duration_text(trial, now)});
        row.push_back({std::to_string(trial.attempts)});
        row.push_back({note_of(trial, list, shape.wide), best});
        if (shape.wide) {
            row.push_back({trial.proposed_by});
            row.push_back({fmt::format("{}", fmt::join(trial.run_ids, ","))});
            row.push_back({trial.pod_uid});
        }
        table.rows.push_back(std::move(row));
    }
    return table;
}

std::string trial_csv(const TrialList& list, const std::vector<std::size_t>& places, Instant now) {
    const std::vector<std::string> parameters = all_parameters(list.trials);
    std::vector<std::string> header{"trial", "state", "value"};
    header.insert(header.end(), parameters.begin(), parameters.end());
    header.insert(header.end(), {"seconds", "attempts", "failureClass", "stopReason", "repeats",
                                 "derivedFrom", "reusedFrom", "proposedBy", "podUid"});
    std::string text = csv_line(header);
    for (const std::size_t place : places) {
        const Trial& trial = list.trials[place];
        const auto duration = trial.duration(now);
        std::vector<std::string> fields{std::to_string(trial.number), trial.state,
                                        value_text(trial)};
        for (const std::string& name : parameters) {
            fields.push_back(text_of(trial.parameters, name));
        }
        fields.insert(fields.end(),
                      {duration ? std::to_string(duration->count()) : "",
                       std::to_string(trial.attempts), trial.failure_class, trial.stop_reason,
                       number_text(trial.repeats), number_text(trial.derived_from),
                       trial.reused_from, trial.proposed_by, trial.pod_uid});
        text += csv_line(fields);
    }
    return text;
}

std::string trial_summary(const TrialList& list) {
    std::string text;
    if (const Trial* best = list.find(list.best); best != nullptr && best->value) {
        text = fmt::format("best: trial {}, {} {}; ", best->number, list.metric,
                           rounded(best->value->text));
    }
    text += count_text(list);
    std::string separator = ": ";
    for (const std::string_view state : trial_states) {
        const auto count = std::count_if(list.trials.begin(), list.trials.end(),
                                         [&](const Trial& trial) { return trial.state == state; });
        if (count > 0) {
            text += fmt::format("{}{} {}", separator, count, state);
            separator = ", ";
        }
    }
    return text;
}

} // namespace pedigree::cli
