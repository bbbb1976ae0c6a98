#include "cli/report/result.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/rounded.h"
#include "cli/app/time_text.h"
#include "cli/lineage/ancestry.h"
#include "cli/lineage/graph.h"
#include "cli/trials/table.h"

namespace pedigree::cli {

namespace {

using Facts = std::vector<std::pair<std::string, std::string>>;

void add(Facts& facts, const std::string& name, const std::string& value) {
    if (!value.empty()) {
        facts.emplace_back(name, value);
    }
}

// As many rows as a page may have; what is left out is counted.
void keep_rows(Section& section, const std::string& of_what) {
    auto& rows = section.table.rows;
    if (rows.size() > report_rows_max) {
        section.items.push_back(fmt::format("{} more {}: pedigree trace -o json has all",
                                            rows.size() - report_rows_max, of_what));
        rows.resize(report_rows_max);
    }
}

Section question_of(const Graph& graph, const Ancestry& ancestry) {
    Section section{.heading = "What was asked"};
    add(section.facts, "experiment", ancestry.experiment);
    add(section.facts, "project", ancestry.project);
    add(section.facts, "asked by", ancestry.requester);
    const auto specs = graph.of_kind("ExperimentSpec");
    if (!specs.empty()) {
        for (const auto& [name, value] :
             scalars_from(graph.document(specs.front(), "triggeredBy"))) {
            add(section.facts, "triggered by " + name, value.text);
        }
    }
    add(section.facts, "command", ancestry.command);
    add(section.facts, "seed", ancestry.seed);
    section.table.header = {"PARAMETER", "VALUE"};
    for (const auto& [name, value] : ancestry.parameters) {
        section.table.rows.push_back({{name}, {value.text}});
    }
    keep_rows(section, "parameters");
    return section;
}

// The last value of each metric of each run among the nodes.
Table metrics_in(const Graph& graph) {
    Table table{{"RUN", "METRIC", "LAST"}, {}};
    for (const std::string& run : graph.of_kind("Run")) {
        for (const auto& [name, value] : scalars_from(graph.document(run, "metrics"))) {
            table.rows.push_back({{graph.attribute(run, "name")}, {name}, {rounded(value.text)}});
        }
    }
    return table;
}

// Names with digests of the models that an attempt made.
Facts models_in(const Graph& graph) {
    Facts facts;
    for (const std::string_view kind : {"Model", "Checkpoint"}) {
        for (const std::string& id : graph.of_kind(kind)) {
            if (!graph.ends(Graph::End::Cause, id, "GeneratedBy").empty()) {
                add(facts, "model " + graph.attribute(id, "name"), graph.digest(id));
            }
        }
    }
    return facts;
}

Section result_of(const Graph& graph, const Ancestry& ancestry, const TrialList& trials,
                  Instant now) {
    Section section{.heading = "What came of it"};
    add(section.facts, "outcome", ancestry.outcome);
    const Trial* best = trials.find(ancestry.attempt.empty() ? trials.best : ancestry.trial);
    if (best != nullptr && best->value && !trials.metric.empty()) {
        add(section.facts, trials.metric,
            fmt::format("{} (trial {}{})", rounded(best->value->text), best->number,
                        best->number == trials.best ? ", the best" : ""));
    }
    if (best != nullptr && best->duration(now)) {
        add(section.facts, "took", age_text(*best->duration(now)));
    }
    const Facts models = models_in(graph);
    const std::size_t told = std::min(models.size(), report_rows_max);
    section.facts.insert(section.facts.end(), models.begin(),
                         models.begin() + static_cast<std::ptrdiff_t>(told));
    if (told < models.size()) {
        section.items.push_back(
            fmt::format("{} more models: pedigree trace -o json has all", models.size() - told));
    }
    section.table = metrics_in(graph);
    keep_rows(section, "metrics");
    return section;
}

std::vector<std::size_t> best_first(const TrialList& list) {
    std::vector<std::size_t> places(list.trials.size());
    for (std::size_t i = 0; i < places.size(); ++i) {
        places[i] = i;
    }
    const bool maximize = list.goal == search::Goal::Maximize;
    const auto worth = [&](std::size_t place) { // what has no number comes last
        const auto& value = list.trials[place].value;
        const double number = value && value->number ? *value->number : 0;
        return std::pair(!(value && value->number), maximize ? -number : number);
    };
    std::stable_sort(places.begin(), places.end(),
                     [&](std::size_t a, std::size_t b) { return worth(a) < worth(b); });
    places.resize(std::min(places.size(), report_trials_max));
    return places;
}

Section tried_of(const TrialList& list, Instant now) {
    Section section{.heading = "What was tried"};
    if (list.trials.size() < 2) {
        return section;
    }
    section.sentence = trial_summary(list);
    Curve curve{list.metric, list.goal == search::Goal::Maximize, {}};
    for (const Trial& trial : list.trials) {
        curve.points.emplace_back(trial.number, trial.value ? trial.value->number : std::nullopt);
    }
    section.curve = std::move(curve);
    section.table = trial_table(list, best_first(list), {varying_parameters(list.trials)}, now);
    return section;
}

Section ancestry_of(const Graph& graph, const Ancestry& ancestry) {
    Section section{.heading = "Where it comes from"};
    Facts& facts = section.facts;
    const auto commits = graph.of_kind("GitCommit");
    add(facts, "commit", ancestry.commit);
    if (!commits.empty()) {
        add(facts, "repository", string_or(graph.node(commits.front()), "uri"));
    }
    add(facts, "tree", ancestry.tree);
    add(facts, "lock", ancestry.lock);
    add(facts, "base image", ancestry.base);
    add(facts, "image", ancestry.image);
    for (const auto& [name, digest] : ancestry.inputs) {
        add(facts, "input " + name, digest);
    }
    return section;
}

Section gaps_of(const Json& answer) {
    Section section{.heading = "What is not known"};
    for (const Json& gap : at_path(answer, {"gaps"})) {
        section.items.push_back(string_or(gap, "sentence"));
    }
    if (section.items.empty()) {
        section.sentence = "No gap is recorded.";
    }
    if (bool_or(answer, "truncated")) {
        section.items.emplace_back(
            "The answer was cut by a limit: there is more than this page has.");
    }
    return section;
}

Section repeat_of(const std::string& subject, const Graph& graph, const Ancestry& ancestry,
                  const Json& answer) {
    Section section{.heading = "How to do it again, and how to check it"};
    section.sentence =
        fmt::format("As it was known at entry {} of the ledger.", integer_or(answer, "asOf"));
    if (!ancestry.experiment.empty()) {
        section.commands.push_back(fmt::format("pedigree rerun {}", ancestry.experiment));
    }
    const auto images = graph.of_kind("Image");
    const std::string image = images.empty() ? "" : string_or(graph.node(images.front()), "uri");
    if (!image.empty()) {
        section.commands.push_back(fmt::format("pedigree verify image:{}", image));
    }
    section.commands.push_back(
        fmt::format("pedigree trace {} --as-of {}", subject, integer_or(answer, "asOf")));
    return section;
}

bool says_nothing(const Section& section) {
    return section.sentence.empty() && section.facts.empty() && section.table.rows.empty() &&
           section.items.empty() && section.commands.empty();
}

} // namespace

Page result_page(const std::string& subject, const Json& answer, const TrialList& trials,
                 Instant now) {
    const Graph graph(answer);
    const Ancestry ancestry = ancestry_from(answer);
    Page page{ancestry.experiment.empty() ? subject : ancestry.experiment, {}};
    if (ancestry.trial > 0 && trials.trials.size() > 1) {
        page.title += fmt::format(", trial {}", ancestry.trial);
    }
    page.sections = {question_of(graph, ancestry),
                     result_of(graph, ancestry, trials, now),
                     tried_of(trials, now),
                     ancestry_of(graph, ancestry),
                     gaps_of(answer),
                     repeat_of(subject, graph, ancestry, answer)};
    std::erase_if(page.sections, says_nothing);
    return page;
}

} // namespace pedigree::cli
