#include "cli/commands/get.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/app/documents.h"
#include "cli/app/time_text.h"
#include "cli/commands/commands.h"
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

Result<std::vector<Json>> named(const GetOptions& options, const Cluster& cluster) {
    std::vector<Json> objects;
    for (const std::string& argument : options.names) {
        const k8s::ObjectKey key{cluster.in_namespace, experiment_name(argument)};
        auto object = cluster.api.get(experiments, key);
        if (!object) {
            return tl::unexpected(
                std::move(object).error().within(fmt::format("experiment {}", key.text())));
        }
        objects.push_back(std::move(*object));
    }
    return objects;
}

Result<std::vector<Json>> listed(const GetOptions& options, const Cluster& cluster) {
    k8s::ListOptions list;
    list.in_namespace = options.all_namespaces ? "" : cluster.in_namespace;
    list.label_selector = options.selector;
    if (!options.project.empty()) {
        list.field_selector = "spec.project=" + options.project;
    }
    TRY(const k8s::ObjectList found, cluster.api.list(experiments, list));
    std::vector<Json> objects;
    for (const k8s::Object& object : found.items) {
        objects.push_back(*object);
    }
    return objects;
}

std::string names_text(const std::vector<Json>& objects) {
    std::string text;
    for (const Json& object : objects) {
        text += fmt::format("experiment.pedigree.dev/{}\n", k8s::key_of(object).name);
    }
    return text;
}

// One named object stands alone, as with kubectl; everything else is a List.
Json document_of(const GetOptions& options, std::vector<Json> objects) {
    for (Json& object : objects) {
        k8s::drop_unread_metadata(object);
        object["apiVersion"] = experiments.api_version();
        object["kind"] = experiments.kind;
    }
    if (options.names.size() == 1) {
        return std::move(objects.front());
    }
    return {{"apiVersion", "v1"}, {"kind", "List"}, {"items", std::move(objects)}};
}

} // namespace

Table experiments_table(const std::vector<Json>& objects, Instant now, const TableShape& shape) {
    Table table;
    if (shape.with_namespace) {
        table.header.push_back("NAMESPACE");
    }
    for (const char* name : {"NAME", "PHASE", "REASON", "TRIALS", "BEST", "COMMIT", "AGE"}) {
        table.header.push_back(name);
    }
    if (shape.wide) {
        table.header.insert(table.header.end(), {"IMAGE", "QUEUE", "MESSAGE"});
    }
    for (const Json& object : objects) {
        const Experiment experiment = experiment_from(object);
        std::vector<Cell> row;
        if (shape.with_namespace) {
            row.push_back({experiment.key.in_namespace});
        }
        row.push_back({experiment.key.name});
        row.push_back({experiment.phase.empty() ? "New" : experiment.phase,
                       colour_of_phase(experiment.phase)});
        row.push_back({experiment.reason});
        row.push_back({experiment.progress});
        row.push_back({experiment.best});
        row.push_back({experiment.commit.substr(0, short_commit_digits)});
        row.push_back({age_of(experiment, now)});
        if (shape.wide) {
            row.push_back({experiment.image});
            row.push_back({experiment.queue});
            row.push_back({experiment.message});
        }
        table.rows.push_back(std::move(row));
    }
    return table;
}

Result<ExitCode> perform(const GetOptions& options, const Cluster& cluster, Terminal& terminal) {
    TRY(std::vector<Json> objects,
        options.names.empty() ? listed(options, cluster) : named(options, cluster));
    switch (options.format) {
    case Format::Json:
    case Format::Yaml:
        terminal.out << document_text(document_of(options, std::move(objects)), options.format);
        return ExitCode::Ok;
    case Format::Name:
        terminal.out << names_text(objects);
        return ExitCode::Ok;
    case Format::Table:
    case Format::Wide:
    case Format::Dot:
    case Format::Csv:
        break;
    }
    if (objects.empty()) {
        terminal.err << (options.all_namespaces
                             ? std::string("no Experiments found\n")
                             : fmt::format("no Experiments found in namespace {}\n",
                                           cluster.in_namespace));
        return ExitCode::Ok;
    }
    const TableShape shape{options.all_namespaces, options.format == Format::Wide};
    terminal.out << render(experiments_table(objects, cluster.clock.now(), shape),
                           terminal.out_coloured);
    return ExitCode::Ok;
}

} // namespace pedigree::cli
