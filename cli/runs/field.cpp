#include "cli/runs/field.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/text.h"
#include "cli/app/syntax.h"
#include "cli/app/words.h"

namespace pedigree::cli {

namespace {

constexpr std::size_t field_bytes_max = 60; // of a field that there is not, in an error

std::optional<Scalar> word(const std::string& text) {
    return text.empty() ? std::nullopt : std::optional(Scalar{text, std::nullopt});
}

std::optional<Scalar> number(std::int64_t number) {
    return number == 0 ? std::nullopt
                       : std::optional(Scalar{std::to_string(number), static_cast<double>(number)});
}

bool is_named(FieldKind kind) {
    return kind == FieldKind::Metric || kind == FieldKind::Parameter;
}

Scalar scalar_of(const MetricValue& value, std::string text) {
    const bool ordered = !value.empty() && !std::isnan(value.number());
    return {std::move(text), ordered ? std::optional(value.number()) : std::nullopt};
}

// A metric that is itself called "loss.min" comes before the least of "loss".
MetricValue metric_of(const TrackerRun& run, const std::string& name) {
    if (const auto found = run.metrics.find(name); found != run.metrics.end()) {
        return found->second;
    }
    const std::size_t dot = std::min(name.rfind('.'), name.size());
    const auto extremes = run.extremes.find(name.substr(0, dot));
    const std::string which = name.substr(dot);
    return extremes == run.extremes.end() ? MetricValue()
           : which == ".min"              ? extremes->second.min
           : which == ".max"              ? extremes->second.max
                                          : MetricValue();
}

} // namespace

Words<FieldKind> words_of(FieldKind) {
    static constexpr Word<FieldKind> table[] = {
        {FieldKind::Metric, "metric"},
        {FieldKind::Parameter, "param"},
        {FieldKind::Name, "name"},
        {FieldKind::Id, "id"},
        {FieldKind::Tracker, "tracker"},
        {FieldKind::Status, "status"},
        {FieldKind::Experiment, "experiment"},
        {FieldKind::Project, "project"},
        {FieldKind::Trial, "trial"},
        {FieldKind::Attempt, "attempt"},
    };
    return table;
}

std::string RunField::text() const {
    return is_named(kind) ? fmt::format("{}.{}", to_string(kind), name)
                          : std::string(to_string(kind));
}

bool RunField::is_number() const {
    return kind == FieldKind::Metric || kind == FieldKind::Trial || kind == FieldKind::Attempt;
}

Result<RunField> parse_run_field(std::string_view text) {
    const auto dot = text.find('.');
    const bool named = dot != std::string_view::npos && dot + 1 < text.size();
    const auto kind = from_word<FieldKind>(text.substr(0, dot));
    if (kind && is_named(*kind) && named) {
        return RunField{*kind, std::string(text.substr(dot + 1))};
    }
    if (kind && !is_named(*kind) && dot == std::string_view::npos) {
        return RunField{*kind, ""};
    }
    std::vector<std::string> known;
    for (const auto& row : words_of(FieldKind{}).rows()) {
        known.push_back(fmt::format("{}{}", row.word, is_named(row.value) ? ".NAME" : ""));
    }
    const std::string meant = did_you_mean(text, known);
    return failure(
        ErrorCode::InvalidInput,
        fmt::format("a run has no \"{}\"{}", clean_text(text, field_bytes_max),
                    meant.empty() ? fmt::format("; it has {}", fmt::join(known, ", ")) : meant));
}

std::optional<Scalar> value_of(const TrackerRun& run, const RunField& field) {
    switch (field.kind) {
    case FieldKind::Metric: {
        const MetricValue value = metric_of(run, field.name);
        return value.empty() ? std::nullopt : std::optional(scalar_of(value, value.text()));
    }
    case FieldKind::Parameter: {
        const auto found = run.parameters.find(field.name);
        return found == run.parameters.end() ? std::nullopt
                                             : std::optional(scalar_of(found->second));
    }
    case FieldKind::Name:
        return word(run.name);
    case FieldKind::Id:
        return word(run.id);
    case FieldKind::Tracker:
        return word(run.tracker);
    case FieldKind::Status:
        return word(run.status);
    case FieldKind::Experiment:
        return word(run.experiment);
    case FieldKind::Project:
        return word(run.project);
    case FieldKind::Trial:
        return number(run.trial);
    case FieldKind::Attempt:
        return number(run.attempt);
    }
    return std::nullopt;
}

bool is_tracker(std::string_view recorded, std::string_view typed) {
    return same_word(recorded, typed) || (recorded == "W&B" && same_word("wandb", typed));
}

Scalar scalar_of(std::string_view text) {
    const auto value = MetricValue::parse(text);
    return scalar_of(value.value_or(MetricValue()), std::string(text));
}

std::vector<RunField> logged_fields(const std::vector<TrackerRun>& runs) {
    std::set<std::string> parameters, metrics;
    for (const TrackerRun& run : runs) {
        for (const auto& [name, value] : run.parameters) {
            parameters.insert(name);
        }
        for (const auto& [name, value] : run.metrics) {
            metrics.insert(name);
        }
    }
    std::vector<RunField> fields;
    for (const std::string& name : parameters) {
        fields.push_back({FieldKind::Parameter, name});
    }
    for (const std::string& name : metrics) {
        fields.push_back({FieldKind::Metric, name});
    }
    return fields;
}

} // namespace pedigree::cli
