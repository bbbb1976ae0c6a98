// pedigree get: lists Experiments.

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/app/command.h"
#include "cli/app/documents.h"
#include "cli/experiment/experiment.h"
#include "cli/experiment/experiment_lines.h"
#include "cli/experiment/experiment_table.h"

namespace pedigree::cli {

namespace {

struct Options {
    std::vector<std::string> names; // empty: all
    bool all_namespaces = false;
    std::string project;
    std::string selector;
    bool watch = false; // afterwards go on with what changes
    Format format = Format::Table;
};

void describe(Options& options, Syntax& syntax) {
    syntax.values("names", options.names, "NAME", "Experiments; none: all of them")
        .from(Source::Experiments);
    syntax.flag("-A,--all-namespaces", options.all_namespaces, "Of all namespaces");
    syntax.value("--project", options.project, "NAME", "Only of this project")
        .from(Source::Projects);
    syntax.value("-l,--selector", options.selector, "LABELS", "Only with these labels");
    syntax.format(options.format,
                  {Format::Table, Format::Wide, Format::Json, Format::Yaml, Format::Name});
    syntax.flag("-w,--watch", options.watch, "Go on with what changes, until Ctrl-C");
    syntax.check([&options] {
        return options.watch && options.names.size() > 1
                   ? failure(ErrorCode::InvalidInput, "--watch takes one name, or none for all")
                   : Status();
    });
}

k8s::ListOptions selection_of(const Options& options, const Cluster& cluster) {
    k8s::ListOptions list;
    list.name_space = options.all_namespaces ? "" : cluster.name_space;
    list.label_selector = options.selector;
    if (!options.project.empty()) {
        list.field_selector = "spec.project=" + options.project;
    }
    return list;
}

Result<std::vector<Json>> named(const Options& options, const Cluster& cluster) {
    std::vector<Json> objects;
    for (const std::string& argument : options.names) {
        const k8s::ObjectKey key{cluster.name_space, experiment_name(argument)};
        auto object = cluster.api.get(experiments, key);
        if (!object) {
            return tl::unexpected(
                std::move(object).error().within(fmt::format("experiment {}", key.text())));
        }
        objects.push_back(std::move(*object));
    }
    return objects;
}

Result<std::vector<Json>> listed(const Options& options, const Cluster& cluster) {
    TRY(const k8s::ObjectList found, cluster.api.list(experiments, selection_of(options, cluster)));
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
Json document_of(const Options& options, std::vector<Json> objects) {
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

Result<ExitCode> watched(const Options& options, const Cluster& cluster, Terminal& terminal) {
    k8s::ListOptions selection = selection_of(options, cluster);
    if (!options.names.empty()) {
        TRY(named(options, cluster)); // a name that there is not is an error, now
        selection.field_selector = "metadata.name=" + experiment_name(options.names.front());
    }
    ExperimentLines lines({options.all_namespaces, options.format == Format::Wide}, options.format,
                          terminal.out_coloured);
    const auto show = [&](const std::vector<Json>& objects, Presence presence) -> Result<Observed> {
        terminal.out << lines.next(objects, presence, cluster.clock.now()) << std::flush;
        return terminal.out ? Observed::GoOn : Observed::Enough;
    };
    const Status status = observe_all(cluster, selection, {}, show, terminal);
    if (!status && status.error().code == ErrorCode::Cancelled) {
        return ExitCode::Interrupted;
    }
    TRY(status);
    return ExitCode::Ok;
}

Result<ExitCode> perform(const Options& options, const Context& context) {
    TRY(const Cluster* const connected, context.cluster());
    const Cluster& cluster = *connected;
    Terminal& terminal = context.terminal;
    if (options.watch) {
        return watched(options, cluster, terminal);
    }
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
    default: // for people
        break;
    }
    if (objects.empty()) {
        terminal.err << (options.all_namespaces
                             ? std::string("no Experiments found\n")
                             : fmt::format("no Experiments found in namespace {}\n",
                                           cluster.name_space));
        return ExitCode::Ok;
    }
    const TableShape shape{options.all_namespaces, options.format == Format::Wide};
    const Table table = experiments_table(objects, cluster.clock.now(), shape);
    terminal.out << (shape.wide ? render(table, terminal.out_coloured) : render(table, terminal));
    return ExitCode::Ok;
}

} // namespace

Command get_command() {
    return define_command<Options>({"get", "lists Experiments",
                                    "  {} get\n"
                                    "  {} get -A --project mnist -o wide\n"
                                    "  {} get -w\n"
                                    "  {} get mnist-1 -o yaml"},
                                   describe, perform);
}

} // namespace pedigree::cli
