#include "cli/lineage/ran.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/rounded.h"
#include "cli/app/terminal.h"
#include "cli/app/time_text.h"
#include "cli/lineage/ancestry.h"
#include "cli/lineage/graph.h"

namespace pedigree::cli {

namespace {

constexpr std::size_t names_told_max = 20;    // parameters or metrics of a line
constexpr std::size_t value_columns_max = 48; // a processor's flags would take pages

std::string named_values(const Scalars& scalars) {
    std::string text;
    std::size_t told = 0;
    for (const auto& [name, value] : scalars) {
        if (++told > names_told_max) {
            continue;
        }
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", printable(name),
                            cut_to_width(printable(rounded(value.text)), value_columns_max));
    }
    return told > names_told_max ? fmt::format("{} and {} more", text, told - names_told_max)
                                 : text;
}

class RanText {
  public:
    RanText(const Json& answer, const TrialList& trials, Instant now)
        : graph_(answer), trials_(trials), now_(now) {
        for (const std::string& attempt : graph_.of_kind("Attempt")) {
            const std::string trial = graph_.cause(attempt, "PartOf", "Trial");
            // Records of before have no trial between them.
            const std::string spec =
                graph_.cause(trial.empty() ? attempt : trial, "PlannedBy", "ExperimentSpec");
            attempts_[spec].push_back({attempt, trial});
        }
    }

    std::string text() const {
        std::string text;
        for (const auto& [spec, attempts] : attempts_) {
            text += experiment_text(spec, attempts);
        }
        return text;
    }

  private:
    struct Attempt {
        std::string id, trial;
    };

    std::string experiment_text(const std::string& id, const std::vector<Attempt>& attempts) const {
        const Json spec = graph_.document(id, "spec");
        const std::string name = graph_.attribute(id, "name");
        std::string text =
            fmt::format("\nWhat ran{}:\n", name.empty() ? "" : " in " + printable(name));
        text += line("command", command_text(at_path(spec, {"command"})));
        const Json& seed = at_path(spec, {"seed"});
        text += line("seed", seed.is_null() ? "" : scalar_from(seed).text);
        const std::size_t told = std::min(attempts.size(), attempts_told_max);
        for (std::size_t i = 0; i < told; ++i) {
            text += attempt_text(attempts[i], spec);
        }
        if (attempts.size() > told) {
            text += fmt::format("  and {} more attempts (-o json)\n", attempts.size() - told);
        }
        return text;
    }

    std::string attempt_text(const Attempt& attempt, const Json& spec) const {
        const Json& attributes = at_path(graph_.node(attempt.id), {"attributes"});
        const Json& trial = at_path(graph_.node(attempt.trial), {"attributes"});
        const bool is_searched = at_path(spec, {"search"}).is_object();
        std::string text =
            fmt::format("  {}attempt {}{}\n",
                        is_searched ? fmt::format("trial {}, ", integer_or(trial, "number")) : "",
                        integer_or(attributes, "number"), ended_text(attempt, attributes));
        text += inner("parameters", named_values(parameters_of_trial(
                                        spec, graph_.document(attempt.trial, "parameters"))));
        const Json& value = at_path(trial, {"value"});
        if (!value.is_null()) {
            text += inner("objective",
                          printable(string_or(at_path(spec, {"search", "objective"}), "metric")) +
                              " " + rounded(scalar_from(value).text));
        }
        text += inner("launcher", printable(string_or(attributes, "stopped")));
        text +=
            inner("hardware", named_values(scalars_from(graph_.document(attempt.id, "hardware"))));
        for (const std::string& run :
             graph_.ends(Graph::End::Effect, attempt.id, "GeneratedBy", "Run")) {
            const std::string name = printable(graph_.attribute(run, "name"));
            const std::string metrics = named_values(scalars_from(graph_.document(run, "metrics")));
            text += metrics.empty() ? "" : fmt::format("    run {}: last {}\n", name, metrics);
        }
        return text;
    }

    std::string ended_text(const Attempt& attempt, const Json& attributes) const {
        std::string text;
        const std::string reason = string_or(attributes, "reason");
        text += reason.empty() ? "" : ": " + printable(reason);
        const Trial* trial = trial_of(attempt);
        const auto duration = trial == nullptr ? std::nullopt : trial->duration(now_);
        if (duration && trial->attempts == 1) { // the list has the whole trial's time
            text += ", " + age_text(*duration);
        }
        const std::string ended = string_or(attributes, "endedAt");
        return text + (ended.empty() ? "" : ", ended " + printable(ended.substr(0, 19)) + "Z");
    }

    const Trial* trial_of(const Attempt& attempt) const {
        const std::string uid = string_or(graph_.node(attempt.id), "uid");
        const auto& all = trials_.trials;
        const auto found = std::find_if(all.begin(), all.end(),
                                        [&](const Trial& trial) { return trial.pod_uid == uid; });
        return found == all.end() ? nullptr : &*found;
    }

    static std::string line(std::string_view name, const std::string& value) {
        return value.empty() ? "" : fmt::format("  {:<11} {}\n", name, value);
    }
    static std::string inner(std::string_view name, const std::string& value) {
        return value.empty() ? "" : fmt::format("    {:<11} {}\n", name, value);
    }

    const Graph graph_;
    const TrialList& trials_;
    const Instant now_;
    std::map<std::string, std::vector<Attempt>> attempts_; // by Experiment
};

} // namespace

std::string ran_text(const Json& answer, const TrialList& trials, Instant now) {
    return RanText(answer, trials, now).text();
}

Json with_values(Json answer) {
    constexpr const char* names[] = {"spec",     "parameters", "metrics",    "extremes",
                                     "hardware", "why",        "triggeredBy"};
    if (!answer.contains("nodes")) {
        return answer;
    }
    for (Json& node : answer["nodes"]) {
        for (const char* name : names) {
            const Json& text = at_path(node, {"attributes", name});
            const Json value = text.is_string()
                                   ? parse_json(text.get_ref<const std::string&>()).value_or(Json())
                                   : Json();
            if (value.is_structured()) {
                node["attributes"][name] = value;
            }
        }
    }
    return answer;
}

} // namespace pedigree::cli
