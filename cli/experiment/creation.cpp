#include "cli/experiment/creation.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/app/documents.h"
#include "cli/experiment/experiment.h"
#include "cli/experiment/follow.h"
#include "pipeline/search/document/experiment_search.h"
#include "pipeline/spec/parse.h"

namespace pedigree::cli {

namespace {

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
                         const std::string& requested_by, bool dry_run) {
    const std::string project = string_or(spec, "project");
    TRY(std::vector<std::string> names, names_in_namespace(cluster));
    for (int i = 0; i < name_tries_max; ++i) {
        const std::string name = next_execution(project, names);
        const Json object =
            execution_object(document, spec, {cluster.name_space, name, requested_by});
        auto created = dry_run ? cluster.try_create(experiments, object)
                               : cluster.api.create(experiments, object);
        if (created) {
            return created;
        }
        Error& error = created.error();
        const bool unknown =
            error.code == ErrorCode::Timeout || error.code == ErrorCode::Unavailable;
        if (unknown && !dry_run) {
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

} // namespace

void describe_creation(CreationOptions& options, Syntax& syntax) {
    syntax.flag("--dry-run", options.dry_run,
                "Let the API server judge it as if it were created, and create nothing");
    syntax
        .flag("--follow", options.follow,
              "Show what happens until the end; exit code 1 if it fails")
        .never_with("--dry-run");
    syntax.format(options.format, {Format::Name, Format::Json, Format::Yaml});
}

void describe_changes(ExecutionChanges& changes, Syntax& syntax) {
    syntax.values("--set", changes.assignments, "NAME=VALUE",
                  "Change one field of spec; may be given several times");
    syntax.value("--project", changes.project, "NAME", "Run it in this project")
        .from(Source::Projects);
}

Result<ExitCode> create_execution(const Json& document, const Json& spec,
                                  const CreationOptions& options, const Context& context) {
    Terminal& terminal = context.terminal;
    TRY(const Cluster* const cluster, context.cluster());
    const std::string requested_by = own_user_name(*cluster, terminal);
    TRY(Json created, create_next(document, spec, *cluster, requested_by, options.dry_run));
    const std::string name = k8s::key_of(created).name;
    if (options.format == Format::Name) {
        terminal.out << name << std::endl;
    } else {
        k8s::drop_unread_metadata(created);
        terminal.out << document_text(created, options.format) << std::flush;
    }
    if (options.dry_run) {
        terminal.err << "the API server takes it; nothing was created (--dry-run)\n";
        return ExitCode::Ok;
    }
    return options.follow ? follow(name, *cluster, terminal) : ExitCode::Ok;
}

std::vector<spec::FieldError> errors_of(const Json& spec) {
    auto errors = spec::validate_spec(spec);
    return errors.empty() ? search::validate_experiment_search({{"spec", spec}}) : errors;
}

void print_errors(const std::vector<spec::FieldError>& errors, const std::string& title,
                  Terminal& terminal) {
    terminal.err << printable(title) << ":\n";
    for (const spec::FieldError& error : errors) {
        terminal.err << "  " << printable(spec::to_text(error)) << '\n';
    }
}

} // namespace pedigree::cli
