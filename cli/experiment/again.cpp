#include "cli/experiment/again.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/experiment/experiment.h"
#include "cli/experiment/recorded.h"

namespace pedigree::cli {

namespace {

constexpr const char* applied_annotation = "kubectl.kubernetes.io/last-applied-configuration";
constexpr const char* own_prefix = "pedigree.dev/";

// The labels and annotations that somebody gave to it; who asked for it and what was applied then
// speak of it alone.
Json document_of_next(const Json& object) {
    Json metadata = Json::object();
    for (const char* field : {"labels", "annotations"}) {
        for (const auto& [name, value] : at_path(object, {"metadata", field}).items()) {
            if (name != applied_annotation && !name.starts_with(own_prefix)) {
                metadata[field][name] = value;
            }
        }
    }
    return {{"kind", experiments.kind},
            {"metadata", std::move(metadata)},
            {"spec", at_path(object, {"spec"})}};
}

Status check_state(const Experiment& experiment, Again which) {
    if (which == Again::Whatever) {
        return {};
    }
    const std::string& name = experiment.key.name;
    if (!experiment.finished()) {
        return failure(ErrorCode::Conflict,
                       fmt::format("experiment {0} goes on still ({1}); wait for it: pedigree wait "
                                   "{0}, or run it beside: pedigree rerun {0}",
                                   name, experiment.phase));
    }
    return experiment.succeeded()
               ? failure(ErrorCode::Conflict,
                         fmt::format("experiment {0} has succeeded; to run it once more: pedigree "
                                     "rerun {0}",
                                     name))
               : Status();
}

// Where the commit is not kept, the ref may lead to another one.
void say_what_moves(const Json& spec, const Experiment& experiment, Terminal& terminal) {
    const std::string ref = string_or(at_path(spec, {"source", "git"}), "ref");
    if (!ref.empty() && !experiment.commit.empty()) {
        terminal.err << fmt::format("-- {} is resolved anew; {} ran {} (--same-commit keeps it)\n",
                                    printable(ref), experiment.key.name, experiment.commit);
    }
}

Status take_same_commit(ExecutionChanges& changes, const Experiment& experiment) {
    if (experiment.commit.empty()) {
        return failure(ErrorCode::NotFound,
                       fmt::format("experiment {} came to no commit; leave out --same-commit",
                                   experiment.key.name));
    }
    changes.commit = experiment.commit;
    return {};
}

// From the cluster, else from the record: what was deleted can be run again, too.
Result<Json> object_of(const k8s::ObjectKey& key, const Cluster& cluster, Terminal& terminal) {
    auto object = cluster.api.get(experiments, key);
    if (object || object.error().code != ErrorCode::NotFound) {
        return object;
    }
    auto recorded = recorded_experiment(key, cluster);
    if (!recorded) { // of the two errors the one that says that it is gone
        return object;
    }
    terminal.err << fmt::format("-- {} was deleted; its spec is taken from its record\n", key.name);
    return recorded;
}

} // namespace

void describe_again(AgainOptions& options, Syntax& syntax) {
    syntax.value("name", options.name, "NAME", "Experiment").from(Source::Experiments).required();
    syntax.flag("--same-commit", options.same_commit,
                "Run the commit that it ran, also where its branch or tag has moved on");
    describe_creation(options.creation, syntax);
}

Result<ExitCode> run_again(const AgainOptions& options, Again which, const Context& context) {
    TRY(const Cluster* const cluster, context.cluster());
    const k8s::ObjectKey key{cluster->name_space, experiment_name(options.name)};
    TRY(const Json object, object_of(key, *cluster, context.terminal));
    const Experiment experiment = experiment_from(object);
    TRY(check_state(experiment, which));
    const Json document = document_of_next(object);
    ExecutionChanges changes = options.creation.changes;
    if (options.same_commit) {
        TRY(take_same_commit(changes, experiment));
    }
    TRY(Json spec, execution_spec(document, changes));
    // They say what became of that one, not what is asked.
    spec.erase("cancel");
    spec.erase("suspend");
    if (const auto errors = errors_of(spec); !errors.empty()) {
        print_errors(errors, fmt::format("experiment {}, as changed", key.name), context.terminal);
        return ExitCode::InvalidInput;
    }
    if (changes.commit.empty()) {
        say_what_moves(spec, experiment, context.terminal);
    }
    return create_execution(document, spec, options.creation, context);
}

} // namespace pedigree::cli
