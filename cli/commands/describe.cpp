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
};

void describe(Options& options, Syntax& syntax) {
    syntax.value("name", options.name, "NAME", "Experiment").from(Source::Experiments).required();
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
    line("Gaps", experiment.finished()
                     ? fmt::format("{}", integer_or(at_path(object, {"status"}), "gaps"))
                     : "");
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
    return table.rows.empty() ? "" : "\nConditions:\n" + indented(render(table, terminal, margin));
}

// As the read API tells them; an operator that is away leaves them out, with a word why.
std::string attempts_text(const std::string& name, const Cluster& cluster,
                          const Terminal& terminal) {
    const auto document =
        read_lineage(cluster, "progress/" + net::percent_encode(name), "progress");
    if (!document) {
        return fmt::format("\nAttempts: not known: {}\n", printable(document.error().message));
    }
    const Json& attempts = at_path(*document, {"attempts"});
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
    return "\nAttempts:\n" + indented(render(table, terminal, margin));
}

std::string time_of(const Json& event) {
    const std::string last = string_or(event, "lastTimestamp");
    return last.empty() ? string_or(event, "eventTime") : last;
}

Result<std::string> events_text(const Experiment& experiment, const Cluster& cluster,
                                const Terminal& terminal) {
    k8s::ListOptions options;
    options.name_space = cluster.name_space;
    options.field_selector = "involvedObject.uid=" + experiment.uid;
    TRY(k8s::ObjectList list, cluster.api.list(k8s::events, options));
    std::sort(list.items.begin(), list.items.end(),
              [](const k8s::Object& a, const k8s::Object& b) { return time_of(*a) < time_of(*b); });
    Table table{{"TYPE", "REASON", "AGE", "COUNT", "MESSAGE"}, {}};
    for (const k8s::Object& event : list.items) {
        const bool warns = string_or(*event, "type") == "Warning";
        table.rows.push_back({{string_or(*event, "type"), warns ? Colour::Yellow : Colour::None},
                              {string_or(*event, "reason")},
                              {age_since(time_of(*event), cluster.clock.now())},
                              {fmt::format("{}", integer_or(*event, "count", 1))},
                              {string_or(*event, "message")}});
    }
    if (table.rows.empty()) {
        return std::string("\nEvents: none (they are kept for an hour)\n");
    }
    return "\nEvents:\n" + indented(render(table, terminal, margin));
}

Result<ExitCode> perform(const Options& options, const Context& context) {
    TRY(const Cluster* const connected, context.cluster());
    const Cluster& cluster = *connected;
    Terminal& terminal = context.terminal;
    const k8s::ObjectKey key{cluster.name_space, experiment_name(options.name)};
    TRY(const Json object, cluster.api.get(experiments, key));
    const Experiment experiment = experiment_from(object);
    const bool in_colour = terminal.out_coloured;
    const Instant now = cluster.clock.now();
    TRY(const std::string events, events_text(experiment, cluster, terminal));
    terminal.out << head_text(experiment, object, in_colour) << "\nSpec:\n"
                 << indented(document_text(at_path(object, {"spec"}), Format::Yaml))
                 << conditions_text(object, now, terminal)
                 << attempts_text(key.name, cluster, terminal) << events;
    return ExitCode::Ok;
}

} // namespace

Command describe_command() {
    return define_command<Options>({"describe",
                                    "shows one Experiment with its conditions, attempts and events",
                                    "  {} describe mnist-1"},
                                   describe, perform);
}

} // namespace pedigree::cli
