#include "records/trace_tried.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "base/rounded.h"

#include "records/trace_answer.h"

namespace pedigree::records {
namespace {

constexpr std::size_t shown_max = 5; // -o json has more

using Line = std::vector<std::string>;

std::string scalar_text(const Json& value) {
    return shortened(printable(value.is_string() ? value.get<std::string>()
                               : value.is_null() ? ""
                                                 : rounded(canonical_json(value))));
}

std::string parameters_text(const Json& parameters) {
    std::vector<std::string> words;
    if (parameters.is_object()) {
        for (const auto& [name, value] : parameters.items()) {
            words.push_back(printable(name) + " " + scalar_text(value));
        }
    }
    return fmt::format("{}", fmt::join(words, ", "));
}

std::string trial_name(const Json& trial) {
    return fmt::format("trial {}", integer_or(trial, "number"));
}

// What it came to: its value; without one its state, and why.
std::string trial_result(const Json& trial) {
    const Json& value = at_path(trial, {"value"});
    if (!value.is_null()) {
        return scalar_text(value);
    }
    const std::string why = string_or(trial, "failureClass", string_or(trial, "stopReason"));
    return printable(string_or(trial, "state") + (why.empty() ? "" : " " + why));
}

std::string experiment_result(const Json& experiment) {
    const std::string outcome = string_or(experiment, "outcome");
    const std::string reason = string_or(experiment, "reason");
    std::string text = outcome.empty() ? "not finished" : outcome;
    text += reason.empty() || reason == outcome ? "" : ": " + reason;
    return printable(text);
}

std::string experiment_best(const Json& experiment) {
    const Json& value = at_path(experiment, {"bestValue"});
    return value.is_null() ? "" : "best " + scalar_text(value);
}

// Columns under each other; nothing behind the last one.
std::string aligned(const std::vector<Line>& lines) {
    std::vector<std::size_t> widths;
    for (const Line& line : lines) {
        widths.resize(std::max(widths.size(), line.size()));
        for (std::size_t column = 0; column < line.size(); ++column) {
            widths[column] = std::max(widths[column], line[column].size());
        }
    }
    std::string text;
    for (const Line& line : lines) {
        std::string row = " ";
        for (std::size_t column = 0; column < line.size(); ++column) {
            row += fmt::format(" {:<{}} ", line[column], widths[column]);
        }
        text += row.substr(0, row.find_last_not_of(' ') + 1) + "\n";
    }
    return text;
}

std::string more_text(std::size_t count) {
    return count > shown_max ? fmt::format("  and {} more (-o json)\n", count - shown_max) : "";
}

const Json& list_in(const Json& tried, std::string_view name) {
    static const Json none = Json::array();
    const Json& list = at_path(tried, {name});
    return list.is_array() ? list : none;
}

std::string trials_text(const Json& tried) {
    const Json& trials = list_in(tried, "trials");
    if (trials.empty()) {
        return "";
    }
    const std::string metric = string_or(tried, "metric");
    std::string text = fmt::format(
        "\nTried before it in {}{}:", printable(string_or(tried, "experiment")),
        metric.empty() ? ""
                       : printable(fmt::format(" ({}, {})", metric, string_or(tried, "goal"))));
    std::string separator = " ";
    const Json& counts = at_path(tried, {"counts"});
    for (const auto& [state, count] : counts.items()) {
        text += fmt::format("{}{} {}", separator, scalar_text(count), printable(state));
        separator = ", ";
    }
    std::vector<Line> lines;
    for (std::size_t i = 0; i < std::min(trials.size(), shown_max); ++i) {
        lines.push_back({trial_name(trials[i]), trial_result(trials[i]),
                         parameters_text(at_path(trials[i], {"parameters"}))});
    }
    return text + "\n" + aligned(lines) + more_text(trials.size());
}

std::string experiments_text(const Json& tried) {
    const Json& experiments = list_in(tried, "experiments");
    if (experiments.empty()) {
        return "";
    }
    std::vector<Line> lines;
    for (std::size_t i = 0; i < std::min(experiments.size(), shown_max); ++i) {
        lines.push_back({printable(string_or(experiments[i], "name")),
                         experiment_result(experiments[i]), experiment_best(experiments[i])});
    }
    return fmt::format("\nEarlier Experiments of project {}:\n",
                       printable(string_or(tried, "project"))) +
           aligned(lines) + more_text(experiments.size());
}

} // namespace

std::string tried_text(const Json& answer) {
    const Json& tried = at_path(answer, {"tried"});
    if (!tried.is_object()) {
        return "";
    }
    const std::string text = trials_text(tried) + experiments_text(tried);
    return text.empty() ? fmt::format("\nNothing was tried before it in project {}.\n",
                                      printable(string_or(tried, "project")))
                        : text;
}

std::string tried_dot(const Json& answer) {
    const TraceAnswer indexed(answer);
    const Json& tried = at_path(answer, {"tried"});
    std::string nodes;
    const auto add = [&](const Json& entry, const Line& words) {
        const std::string id = string_or(entry, "id");
        if (!id.empty() && indexed.kind(id).empty()) {
            nodes += fmt::format("    {} [label={}, style=dotted];\n", dot_quoted(id),
                                 dot_quoted(fmt::format("{}", fmt::join(words, "  "))));
        }
    };
    for (const Json& trial : list_in(tried, "trials")) {
        add(trial, {trial_name(trial), trial_result(trial),
                    parameters_text(at_path(trial, {"parameters"}))});
    }
    for (const Json& experiment : list_in(tried, "experiments")) {
        add(experiment, {string_or(experiment, "name"), experiment_result(experiment),
                         experiment_best(experiment)});
    }
    return nodes.empty() ? ""
                         : "  subgraph cluster_tried {\n    label=\"tried before\";\n"
                           "    style=dotted;\n" +
                               nodes + "  }\n";
}

} // namespace pedigree::records
