// pedigree describe: one Experiment for a person, with its conditions, attempts and events.

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/rounded.h"
#include "cli/app/command.h"
#include "cli/app/documents.h"
#include "cli/app/read_api.h"
#include "cli/app/table.h"
#include "cli/app/time_text.h"
#include "cli/experiment/experiment.h"
#include "cli/trials/list.h"
#include "net/url.h"

namespace pedigree::cli {

namespace {

struct Options {
    std::string name;
    Format format = Format::Table;
};

void describe(Options& options, Syntax& syntax) {
    syntax.value("name", options.name, "NAME", "Experiment").from(Source::Experiments).required();
    syntax.format(options.format, {Format::Table, Format::Json, Format::Yaml});
}

// All that is known of it.
struct Described {
    Json object;
    Experiment experiment;
    Result<Json> progress; // as the read API tells it, whose operator may be away
    std::vector<k8s::Object> events;
};

std::string time_of(const Json& event) {
    const std::string last = string_or(event, "lastTimestamp");
    return last.empty() ? string_or(event, "eventTime") : last;
}

Result<std::vector<k8s::Object>> events_of(const Experiment& experiment, const Cluster& cluster) {
    k8s::ListOptions options;
    options.name_space = cluster.name_space;
    options.field_selector = "involvedObject.uid=" + experiment.uid;
    TRY(k8s::ObjectList list, cluster.api.list(k8s::events, options));
    std::sort(list.items.begin(), list.items.end(),
              [](const k8s::Object& a, const k8s::Object& b) { return time_of(*a) < time_of(*b); });
    return std::move(list.items);
}

Result<Described> read_all(const std::string& name, const Cluster& cluster) {
    TRY(Json object, cluster.api.get(experiments, {cluster.name_space, name}));
    Experiment experiment = experiment_from(object);
    TRY(auto events, events_of(experiment, cluster));
    auto progress = read_lineage(cluster, "progress/" + net::percent_encode(name), "progress");
    return Described{std::move(object), std::move(experiment), std::move(progress),
                     std::move(events)};
}

// One that could not be asked for is null, not empty.
Json json_of(const Described& described) {
    Json object = described.object;
    k8s::drop_unread_metadata(object);
    Json events = Json::array();
    for (const k8s::Object& event : described.events) {
        events.push_back({{"type", string_or(*event, "type")},
                          {"reason", string_or(*event, "reason")},
                          {"message", string_or(*event, "message")},
                          {"count", integer_or(*event, "count", 1)},
                          {"time", time_of(*event)}});
    }
    return enveloped(
        "ExperimentDescription",
        {{"experiment", std::move(object)},
         {"attempts", described.progress ? at_path(*described.progress, {"attempts"}) : Json()},
         {"events", std::move(events)}});
}

std::string age_since(const std::string& time, Instant now) {
    const auto instant = parse_instant(time);
    return instant ? age_text(std::chrono::duration_cast<std::chrono::seconds>(now - *instant))
                   : "";
}

constexpr std::size_t margin = 2;

std::string indented(const std::string& text) {
    const std::string indent(margin, ' ');
    std::string result = text.empty() ? "" : indent;
    for (std::size_t i = 0; i < text.size(); ++i) {
        result += text[i];
        if (text[i] == '\n' && i + 1 < text.size()) {
            result += indent;
        }
    }
    return result;
}

// "0.98 (val_accuracy, trial 7): train.learning_rate 0.01"
std::string best_text(const Experiment& experiment, const Json& parameters) {
    std::string text = rounded(experiment.best);
    text += experiment.best_of.empty() ? "" : " (" + experiment.best_of + ")";
    std::string separator = ": ";
    for (const auto& [name, value] : scalars_from(parameters)) {
        text += separator + name + " " + rounded(value.text);
        separator = ", ";
    }
    return text;
}

// Messages are what one comes here for: they are wrapped, not cut.
std::string shown(const Table& table, const Terminal& terminal) {
    return render(with_wrapped_end(table, terminal.out_columns, margin), terminal.out_coloured);
}

std::string head_text(const Experiment& experiment, const Json& object, bool in_colour) {
    std::string text;
    const auto line = [&](std::string_view name, const std::string& value,
                          Colour colour = Colour::None) {
        if (!value.empty()) {
            text += fmt::format("{:<14}{}\n", fmt::format("{}:", name),
                                coloured(printable(value), colour, in_colour));
        }
    };
    const Json& resolved = at_path(object, {"status", "resolved"});
    line("Name", experiment.key.name);
    line("Namespace", experiment.key.name_space);
    line("Project", experiment.project);
    line("Requested by", k8s::annotation_of(object, records::requested_by_annotation));
    line("Phase", experiment.phase.empty() ? "New" : experiment.phase,
         colour_of_phase(experiment.phase));
    line("Reason", experiment.reason);
    line("Message", experiment.message);
    line("Commit", experiment.commit);
    line("Tree", string_or(resolved, "tree"));
    line("Image", experiment.image);
    line("Spec hash", string_or(resolved, "specHash"));
    line("Trials",
         experiment.progress + (experiment.trials.empty() ? "" : ": " + experiment.trials));
    line("Best", best_text(experiment, at_path(object, {"status", "best", "parameters"})));
    // Without a number it is not known yet how many there are, which is not none.
    const Json& gaps = at_path(object, {"status", "gaps"});
    line("Gaps", gaps.is_number() ? canonical_json(gaps) : "");
    return text;
}

std::string conditions_text(const Json& object, Instant now, const Terminal& terminal) {
    Table table{{"TYPE", "STATUS", "REASON", "AGE", "MESSAGE"}, {}};
    const Json& conditions = at_path(object, {"status", "conditions"});
    if (conditions.is_array()) {
        for (const Json& condition : conditions) {
            table.rows.push_back({{string_or(condition, "type")},
                                  {string_or(condition, "status")},
                                  {string_or(condition, "reason")},
                                  {age_since(string_or(condition, "lastTransitionTime"), now)},
                                  {string_or(condition, "message")}});
        }
    }
    return table.rows.empty() ? "" : "\nConditions:\n" + indented(shown(table, terminal));
}

std::string attempts_text(const Result<Json>& progress, const Terminal& terminal) {
    if (!progress) {
        return fmt::format("\nAttempts: not known: {}\n", printable(progress.error().message));
    }
    const Json& attempts = at_path(*progress, {"attempts"});
    if (!attempts.is_array() || attempts.empty()) {
        return "";
    }
    Table table{{"TRIAL", "ATTEMPT", "STAGE", "POD", "NODE", "EXIT", "CLASS", "REASON", "MESSAGE"},
                {}};
    for (const Json& attempt : attempts) {
        const std::int64_t exit_code = integer_or(attempt, "exitCode", -1);
        table.rows.push_back({{fmt::format("{}", integer_or(attempt, "trial", 1))},
                              {fmt::format("{}", integer_or(attempt, "number"))},
                              {string_or(attempt, "stage")},
                              {string_or(attempt, "pod")},
                              {string_or(attempt, "node")},
                              {exit_code < 0 ? "" : fmt::format("{}", exit_code)},
                              {string_or(attempt, "failureClass")},
                              {string_or(attempt, "reason")},
                              {string_or(attempt, "message")}});
    }
    return "\nAttempts:\n" + indented(shown(table, terminal));
}

std::string events_text(const std::vector<k8s::Object>& events, Instant now,
                        const Terminal& terminal) {
    Table table{{"TYPE", "REASON", "AGE", "COUNT", "MESSAGE"}, {}};
    for (const k8s::Object& event : events) {
        const bool warns = string_or(*event, "type") == "Warning";
        table.rows.push_back({{string_or(*event, "type"), warns ? Colour::Yellow : Colour::None},
                              {string_or(*event, "reason")},
                              {age_since(time_of(*event), now)},
                              {fmt::format("{}", integer_or(*event, "count", 1))},
                              {string_or(*event, "message")}});
    }
    if (table.rows.empty()) {
        return "\nEvents: none (they are kept for an hour)\n";
    }
    return "\nEvents:\n" + indented(shown(table, terminal));
}

Result<ExitCode> perform(const Options& options, const Context& context) {
    TRY(const Cluster* const cluster, context.cluster());
    Terminal& terminal = context.terminal;
    TRY(const Described described, read_all(experiment_name(options.name), *cluster));
    if (options.format != Format::Table) {
        terminal.out << document_text(json_of(described), options.format);
        return ExitCode::Ok;
    }
    const Json& object = described.object;
    const Instant now = cluster->clock.now();
    terminal.out << head_text(described.experiment, object, terminal.out_coloured) << "\nSpec:\n"
                 << indented(document_text(at_path(object, {"spec"}), Format::Yaml))
                 << conditions_text(object, now, terminal)
                 << attempts_text(described.progress, terminal)
                 << events_text(described.events, now, terminal);
    return ExitCode::Ok;
}

} // namespace

Command describe_command() {
    return define_command<Options>({"describe",
                                    "shows one Experiment with its conditions, attempts and events",
                                    "  {} describe mnist-1\n"
                                    "  {} describe mnist-1 -o json"},
                                   describe, perform);
}

} // namespace pedigree::cli
