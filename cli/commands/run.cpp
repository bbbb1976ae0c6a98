// pedigree run: creates the next execution of a project.

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/app/command.h"
#include "cli/app/documents.h"
#include "cli/experiment/execution.h"
#include "cli/experiment/experiment.h"
#include "cli/experiment/follow.h"
#include "cli/experiment/snapshot.h"
#include "pipeline/search/document/experiment_search.h"
#include "pipeline/spec/lint.h"
#include "pipeline/spec/parse.h"

namespace pedigree::cli {

namespace {

struct Options {
    std::string file; // "-": standard input
    ExecutionChanges changes;
    bool dirty = false; // the code of the current folder as it is (cli/experiment/snapshot.h)
    bool follow = false;
    Format format = Format::Name;
};

void describe(Options& options, Syntax& syntax) {
    syntax
        .value("-f,--filename", options.file, "FILE",
               "The Experiment, YAML or JSON; - is standard input. Its own name is not used: "
               "the execution is called <project>-<n>")
        .from(Source::Files)
        .required();
    syntax.value("--commit", options.changes.commit, "SHA",
                 "Run this commit (40 hex digits) instead of the source's ref");
    syntax
        .flag("--dirty", options.dirty,
              "Run the current folder as it is, changes and new files included: a snapshot of "
              "it is pushed to the source's repository, and no branch changes")
        .never_with("--commit");
    syntax.values("--set", options.changes.assignments, "NAME=VALUE",
                  "Change one field of spec; may be given several times");
    syntax.value("--project", options.changes.project, "NAME", "Run it in this project")
        .from(Source::Projects);
    syntax.flag("--follow", options.follow,
                "Show what happens until the end; exit code 1 if it fails");
    syntax.format(options.format, {Format::Name, Format::Json, Format::Yaml});
}

// Others may create executions of the same project at the same time.
constexpr int name_tries_max = 50;

constexpr k8s::ResourceType self_subject_reviews{
    "authentication.k8s.io", "v1", "selfsubjectreviews", "SelfSubjectReview", k8s::Scope::Cluster};

// Who we are to the API server; empty if it does not say.
std::string own_user_name(const Cluster& cluster, Terminal& terminal) {
    const Json review = {{"apiVersion", self_subject_reviews.api_version()},
                         {"kind", self_subject_reviews.kind}};
    const auto answer = cluster.api.create(self_subject_reviews, review);
    if (!answer) {
        terminal.err << fmt::format("warning: the record will not say who asked: {}\n",
                                    printable(answer.error().message));
        return "";
    }
    return string_or(at_path(*answer, {"status", "userInfo"}), "username");
}

Result<std::vector<std::string>> names_in_namespace(const Cluster& cluster) {
    k8s::ListOptions options;
    options.name_space = cluster.name_space;
    TRY(const k8s::ObjectList list, cluster.api.list(experiments, options));
    std::vector<std::string> names;
    for (const k8s::Object& object : list.items) {
        names.push_back(k8s::key_of(*object).name);
    }
    return names;
}

// Creates it under the next free name.
Result<Json> create_next(const Json& document, const Json& spec, const Cluster& cluster,
                         const std::string& requested_by) {
    const std::string project = string_or(spec, "project");
    TRY(std::vector<std::string> names, names_in_namespace(cluster));
    for (int i = 0; i < name_tries_max; ++i) {
        const std::string name = next_execution(project, names);
        auto created = cluster.api.create(
            experiments,
            execution_object(document, spec, {cluster.name_space, name, requested_by}));
        if (created) {
            return created;
        }
        Error& error = created.error();
        if (error.code == ErrorCode::Timeout || error.code == ErrorCode::Unavailable) {
            error.message +=
                fmt::format("; whether it was created is not known: pedigree get {}", name);
        }
        if (error.code != ErrorCode::AlreadyExists) {
            return tl::unexpected(std::move(error).within(
                fmt::format("creating experiment {}/{}", cluster.name_space, name)));
        }
        names.push_back(name);
    }
    return failure(
        ErrorCode::Conflict,
        fmt::format("{} names in a row were taken by others; try again", name_tries_max));
}

bool has_changes(const ExecutionChanges& changes) {
    return !changes.project.empty() || !changes.commit.empty() || !changes.assignments.empty();
}

void print_diagnostics(const std::string& text, const std::string& file, Terminal& terminal) {
    const auto colour = terminal.err_coloured ? spec::Colour::Always : spec::Colour::Never;
    terminal.err << spec::render(spec::lint(text, search::validate_experiment_search), text, file,
                                 colour);
}

struct Request {
    Json document;
    Json spec;
};

// The document as it will be created; empty: what is wrong with it was printed.
Result<std::optional<Request>> checked_request(const Options& options, Terminal& terminal) {
    TRY(const std::string text, read_document(options.file));
    auto document = spec::read_manifest(text);
    if (!document) {
        print_diagnostics(text, options.file, terminal);
        return std::nullopt;
    }
    auto spec = execution_spec(*document, options.changes);
    if (!spec) {
        return tl::unexpected(std::move(spec).error().within(options.file));
    }
    auto errors = spec::validate_spec(*spec);
    if (errors.empty()) {
        errors = search::validate_experiment_search({{"spec", *spec}});
    }
    if (errors.empty()) {
        return Request{std::move(*document), std::move(*spec)};
    }
    if (!has_changes(options.changes)) {
        print_diagnostics(text, options.file, terminal);
        return std::nullopt;
    }
    // The lines of the file no longer say what will run.
    terminal.err << fmt::format("{}, as changed by the command line:\n", options.file);
    for (const spec::FieldError& error : errors) {
        terminal.err << "  " << printable(spec::to_text(error)) << '\n';
    }
    return std::nullopt;
}

// Pushes the current folder and makes its commit the one that runs.
Status take_snapshot(Json& spec, Terminal& terminal) {
    constexpr std::size_t files_shown_max = 10;
    const std::string url = string_or(at_path(spec, {"source", "git"}), "url");
    terminal.err << fmt::format("pushing a snapshot of this folder to {}\n", printable(url));
    TRY(const Snapshot snapshot, push_snapshot(std::filesystem::current_path(), url));
    const std::size_t files = snapshot.different.size();
    terminal.err << fmt::format("snapshot {}: {}\n", snapshot.commit,
                                files == 0 ? "nothing differs from HEAD"
                                           : fmt::format("{} files differ from HEAD", files));
    for (std::size_t i = 0; i < std::min(files, files_shown_max); ++i) {
        terminal.err << "  " << printable(snapshot.different[i]) << '\n';
    }
    if (files > files_shown_max) {
        terminal.err << fmt::format("  and {} more\n", files - files_shown_max);
    }
    Json& git = spec["source"]["git"];
    git["commit"] = snapshot.commit;
    git.erase("ref");
    return {};
}

Result<ExitCode> perform(const Options& options, const Context& context) {
    Terminal& terminal = context.terminal;
    TRY(auto request, checked_request(options, terminal));
    if (!request) {
        return ExitCode::InvalidInput;
    }
    if (options.dirty) {
        TRY(take_snapshot(request->spec, terminal));
    }
    TRY(const Cluster* const connected, context.cluster());
    const Cluster& cluster = *connected;
    const std::string requested_by = own_user_name(cluster, terminal);
    TRY(Json created, create_next(request->document, request->spec, cluster, requested_by));
    const std::string name = k8s::key_of(created).name;
    if (options.format == Format::Name) {
        terminal.out << name << std::endl;
    } else {
        k8s::drop_unread_metadata(created);
        terminal.out << document_text(created, options.format) << std::flush;
    }
    return options.follow ? follow(name, cluster, terminal) : ExitCode::Ok;
}

} // namespace

Command run_command() {
    return define_command<Options>(
        {"run", "creates the next execution of a project",
         "  {} run -f experiment.yaml --follow\n"
         "  {} run -f experiment.yaml --set parameters.train.epochs=4\n"
         "  {} run -f experiment.yaml --dirty --follow\n"
         "  {} run -f experiment.yaml --commit 3f786850e387550fdab836ed7e6dc881de23001b"},
        describe, perform);
}

} // namespace pedigree::cli
