// pedigree run: creates the next execution of a project.

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/app/documents.h"
#include "cli/experiment/ci.h"
#include "cli/experiment/creation.h"
#include "cli/experiment/snapshot.h"
#include "pipeline/search/document/experiment_search.h"
#include "pipeline/spec/lint.h"
#include "records/names.h"

namespace pedigree::cli {

namespace {

struct Options {
    std::string file;   // "-": standard input
    bool dirty = false; // the code of the current folder as it is (cli/experiment/snapshot.h)
    bool ci = false;    // as a job of GitLab CI (cli/experiment/ci.h)
    CreationOptions creation;
};

void describe(Options& options, Syntax& syntax) {
    ExecutionChanges& changes = options.creation.changes;
    syntax
        .value("-f,--filename", options.file, "FILE",
               "The Experiment, YAML or JSON; - is standard input. Its own name is not used: "
               "the execution is called <project>-<n>")
        .from(Source::Files)
        .required();
    syntax.value("--commit", changes.commit, "SHA",
                 "Run this commit (40 hex digits) instead of the source's ref");
    syntax
        .flag("--dirty", options.dirty,
              "Run the current folder as it is, changes and new files included: a snapshot of "
              "it is pushed to the source's repository, and no branch changes")
        .never_with("--commit");
    syntax
        .flag(
            "--ci", options.ci,
            "In a job of GitLab CI: run the pipeline's commit, and record pipeline, job, user and "
            "merge request; the job ends at once unless it follows")
        .never_with("--dirty");
    describe_changes(changes, syntax);
    describe_creation(options.creation, syntax);
    syntax.check([&options] {
        return options.dirty && options.creation.dry_run
                   ? failure(ErrorCode::InvalidInput,
                             "--dry-run pushes no snapshot: leave out --dirty")
                   : Status();
    });
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
    const ExecutionChanges& changes = options.creation.changes;
    TRY(const std::string text, read_document(options.file));
    auto document = spec::read_manifest(text);
    if (!document) {
        print_diagnostics(text, options.file, terminal);
        return std::nullopt;
    }
    auto spec = execution_spec(*document, changes);
    if (!spec) {
        return tl::unexpected(std::move(spec).error().within(options.file));
    }
    const auto errors = errors_of(*spec);
    if (errors.empty()) {
        return Request{std::move(*document), std::move(*spec)};
    }
    if (has_changes(changes)) { // the lines of the file no longer say what will run
        print_errors(errors, options.file + ", as changed by the command line", terminal);
    } else {
        print_diagnostics(text, options.file, terminal);
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

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

// The pipeline's commit runs, if it is one of the Experiment's repository and none was asked for.
void take_ci_commit(const CiJob& job, Json& spec, const ExecutionChanges& changes,
                    Terminal& terminal) {
    const std::string url = string_or(at_path(spec, {"source", "git"}), "url");
    if (!changes.commit.empty()) {
        return;
    }
    if (!is_same_repository(url, job.repository)) {
        terminal.err << fmt::format(
            "the code is {}, this pipeline is of {}: its commit is not taken\n", printable(url),
            printable(job.repository));
        return;
    }
    Json& git = spec["source"]["git"];
    git["commit"] = job.commit;
    git.erase("ref");
}

Result<ExitCode> perform(const Options& options, const Context& context) {
    TRY(auto request, checked_request(options, context.terminal));
    if (!request) {
        return ExitCode::InvalidInput;
    }
    if (options.ci) {
        TRY(const CiJob job, ci_job_from(variable));
        take_ci_commit(job, request->spec, options.creation.changes, context.terminal);
        request->document["metadata"]["annotations"][records::triggered_by_annotation] =
            job.trigger;
    }
    if (options.dirty) {
        TRY(take_snapshot(request->spec, context.terminal));
    }
    return create_execution(request->document, request->spec, options.creation, context);
}

} // namespace

Command run_command() {
    return define_command<Options>(
        {"run", "creates the next execution of a project",
         "  {} run -f experiment.yaml --follow\n"
         "  {} run -f experiment.yaml --set parameters.train.epochs=4\n"
         "  {} run -f experiment.yaml --dirty --follow\n"
         "  {} run -f experiment.yaml --ci\n"
         "  {} run -f experiment.yaml --commit 3f786850e387550fdab836ed7e6dc881de23001b"},
        describe, perform);
}

} // namespace pedigree::cli
