#include "cli/image/plan.h"

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "cli/app/documents.h"
#include "cli/app/environment.h"
#include "cli/app/scratch_folder.h"
#include "cli/experiment/execution.h"
#include "cli/experiment/experiment.h"
#include "net/http_client.h"
#include "pipeline/search/document/experiment_search.h"
#include "pipeline/spec/lint.h"
#include "pipeline/spec/parse.h"

namespace pedigree::cli {

namespace {

constexpr const char* against_base = "base";

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
                                 const LastImage& last_image) {
    if (options.against == against_base) {
        return std::string();
    }
    return options.against.empty() ? last_image(project) : Result<std::string>(options.against);
}

} // namespace

Result<std::string> last_image(const std::string& project, const Cluster& cluster) {
    k8s::ListOptions options;
    options.in_namespace = cluster.in_namespace;
    TRY(const k8s::ObjectList list, cluster.api.list(experiments, options));
    std::optional<Experiment> last;
    for (const k8s::Object& object : list.items) {
        Experiment experiment = experiment_from(*object);
        const bool later = !last || std::tie(experiment.created, experiment.uid) >
                                        std::tie(last->created, last->uid);
        if (experiment.project == project && !experiment.image.empty() && later) {
            last = std::move(experiment);
        }
    }
    return last ? last->image : std::string();
}

Result<ExitCode> perform(const PlanOptions& options, const LastImage& last_image,
                         std::stop_token stop, Terminal& terminal) {
    TRY(const auto spec, read_spec(options, terminal));
    if (!spec) {
        return ExitCode::InvalidInput;
    }
    if (spec->image.prebuilt && spec->image.prebuilt->as_is) {
        terminal.err << "nothing is built: the image is used as it is\n";
        return ExitCode::Ok;
    }
    TRY(const std::string before, image_before(options, spec->project, last_image));
    std::string ca_pem;
    if (!options.ca_file.empty()) {
        TRY(ca_pem, read_file(options.ca_file));
    }
    TRY(std::string logins, registry_logins());
    TRY(const ScratchFolder scratch, ScratchFolder::make("plan"));
    net::HttpClient http({.ca_pem = ca_pem});
    const PlanPlaces places{{http, std::move(logins), options.plain_http_hosts, stop},
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

} // namespace pedigree::cli
