// OpenTracker: the tracker's parent run, found or made by its tag.

#include <nlohmann/json.hpp>

#include "operator/activity/credentials.h"
#include "operator/activity/kinds/kind.h"

namespace pedigree::control {
namespace {

namespace work = records::work;

Result<ActivityOrder> order(const Subject& subject) {
    const experiment::ExperimentRow& experiment = subject.experiment;
    work::OpenTrackerInput input;
    TRY(input.target, tracker_target(subject));
    input.experiment_name = subject.spec.mlflow->experiment_name;
    input.experiment_uid = experiment.uid;
    input.run_name = experiment.name;
    input.tags = {{"pedigree.spec_hash", experiment.spec_hash},
                  {"pedigree.namespace", experiment.name_space},
                  {"pedigree.project", experiment.project},
                  {"pedigree.record", experiment.uid},
                  {"mlflow.source.git.commit", experiment.commit},
                  {"mlflow.source.git.repoURL", subject.spec.source.git.url},
                  {"mlflow.docker.image.uri", experiment.image}};
    for (const spec::InputSpec& declared : subject.spec.inputs) {
        input.tags["pedigree.input." + declared.name] = declared.digest.text();
    }
    input.parameters = subject.parameter_texts();
    input.config_json = experiment.spec_json;
    return worker_order(subject.request(work::WorkKind::OpenTracker, call_seconds_max),
                        work::to_json(input));
}

} // namespace

extern const Kind open_tracker{.order = order,
                               .give_up_seconds = [](const spec::DeadlinesSpec& deadlines) {
                                   return deadlines.prepare_seconds;
                               }};

} // namespace pedigree::control
