// pedigree plan: what building an Experiment's image would make (cli/image/plan.h).

#include "cli/image/plan.h"

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/scratch_folder.h"
#include "cli/app/advice.h"
#include "cli/app/cache_folder.h"
#include "cli/app/command.h"
#include "cli/app/documents.h"
#include "cli/experiment/execution.h"
#include "cli/experiment/last_image.h"
#include "cli/image/registry_options.h"
#include "net/http_client.h"
#include "pipeline/search/document/experiment_search.h"
#include "pipeline/spec/lint.h"
#include "pipeline/spec/parse.h"

namespace pedigree::cli {

namespace {

constexpr const char* against_base = "base";

void describe(PlanOptions& options, Syntax& syntax) {
    // What else could be planned is not there yet; the word keeps its place.
    syntax.flag("--image", options.image, "Plan the image").required();
    syntax
        .value("-f,--filename", options.file, "FILE",
               "The Experiment, YAML or JSON; - is standard input")
        .from(Source::Files)
        .required();
    syntax.value("--commit", options.commit, "SHA",
                 "Plan this commit (40 hex digits) instead of the source's ref");
    syntax
        .value("--against", options.against, "IMAGE",
               "Hold it against this image, or \"base\"; none: the project's last image")
        .such_as({against_base});
    syntax.value("--source", options.source, "DIR", "Code: a repository that has the ref or commit")
        .from(Source::Files);
    syntax.value("--index", options.index, "URL", "Wheels, if packages change: this package index")
        .or_variable("PIP_INDEX_URL");
    describe_registry(options.ca_file, options.plain_http_hosts, syntax);
    syntax.format(options.format, {Format::Table, Format::Json});
}

// The spec as it would run; empty: what is wrong with the document was printed.
Result<std::optional<spec::ExperimentSpec>> read_spec(const PlanOptions& options,
                                                      Terminal& terminal) {
    TRY(const std::string text, read_document(options.file));
    const auto diagnostics = spec::lint(text, search::validate_experiment_search);
    if (!diagnostics.empty()) {
        terminal.err << spec::render(diagnostics, text, options.file,
                                     terminal.err_coloured ? spec::Colour::Always
                                                           : spec::Colour::Never);
        return std::nullopt;
    }
    TRY(const Json document, spec::read_manifest(text));
    ExecutionChanges changes;
    changes.commit = options.commit;
    TRY(const Json spec, execution_spec(document, changes));
    TRY(spec::ExperimentSpec parsed, spec::parse(spec));
    return parsed;
}

Result<std::string> image_before(const PlanOptions& options, const std::string& project,
                                 const Context& context) {
    if (options.against == against_base) {
        return std::string();
    }
    if (!options.against.empty()) {
        return options.against;
    }
    TRY(const Cluster* const cluster, context.cluster());
    return last_image(project, *cluster);
}

Result<ExitCode> perform(const PlanOptions& options, const Context& context) {
    Terminal& terminal = context.terminal;
    TRY(const auto spec, read_spec(options, terminal));
    if (!spec) {
        return ExitCode::InvalidInput;
    }
    if (spec->image.prebuilt && spec->image.prebuilt->as_is) {
        terminal.err << "nothing is built: the image is used as it is\n";
        return ExitCode::Ok;
    }
    TRY(const std::string before, image_before(options, spec->project, context));
    std::string ca_pem;
    if (!options.ca_file.empty()) {
        TRY(ca_pem, read_file(options.ca_file));
    }
    TRY(std::string logins, registry_logins());
    TRY(const ScratchFolder scratch, ScratchFolder::make(temporary_folder(), "pedigree-plan-"));
    net::HttpClient client({.ca_pem = ca_pem});
    AdvisedHttp http(client);
    const PlanPlaces places{{http, std::move(logins), options.plain_http_hosts, context.stop},
                            ca_pem,
                            scratch.path(),
                            cache_folder()};
    TRY(const PlannedImage planned,
        plan_experiment_image(*spec, options, before, places, terminal));
    if (options.format == Format::Json) {
        terminal.out << document_text(plan_json(planned), Format::Json);
    } else {
        terminal.out << plan_table(planned, terminal.out_coloured);
    }
    return ExitCode::Ok;
}

} // namespace

Command plan_command() {
    return define_command<PlanOptions>(
        {"plan", "says what building an image would make, and why, and builds nothing",
         "  {} plan --image -f experiment.yaml --source .\n"
         "  {} plan --image -f experiment.yaml --against base -o json"},
        describe, perform);
}

} // namespace pedigree::cli
