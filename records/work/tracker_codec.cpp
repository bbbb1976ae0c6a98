#include "records/work/source_fields.h"

namespace pedigree::records::work {

template <typename Visit, Is<TrackerTarget> Self>
void describe(Visit& visit, Self& target) {
    visit("url", target.url);
    visit("basic", target.basic);
    visit("token", target.token);
    visit("caPem", target.ca_pem);
}

template <typename Visit, Is<OpenTrackerInput> Self>
void describe(Visit& visit, Self& input) {
    visit("target", input.target);
    visit("experimentName", input.experiment_name);
    visit("experimentUid", input.experiment_uid);
    visit("runName", input.run_name);
    visit("tags", input.tags);
    visit("parameters", input.parameters);
    visit("configJson", input.config_json);
}

template <typename Visit, Is<OpenTrackerOutcome> Self>
void describe(Visit& visit, Self& outcome) {
    visit("experimentId", outcome.experiment_id);
    visit("parentRunId", outcome.parent_run_id);
    visit("serverVersion", outcome.server_version);
}

template <typename Visit, Is<CloseTrackerInput> Self>
void describe(Visit& visit, Self& input) {
    visit("target", input.target);
    visit("experimentUid", input.experiment_uid);
    visit("attemptUid", input.attempt_uid);
    visit("parentRunId", input.parent_run_id);
    visit("status", input.status);
    visit("tags", input.tags);
}

template <typename Visit, Is<TrackerRun> Self>
void describe(Visit& visit, Self& run) {
    visit("runId", run.run_id);
    visit("experimentId", run.experiment_id);
    visit("parentRunId", run.parent_run_id);
    visit("name", run.name);
    visit("status", run.status);
    visit("artifactUri", run.artifact_uri);
    visit("metrics", run.metrics);
    visit("loggedModels", run.logged_models);
}

template <typename Visit, Is<CloseTrackerOutcome> Self>
void describe(Visit& visit, Self& outcome) {
    visit("runs", outcome.runs);
    visit("repaired", outcome.repaired);
}

Json to_json(const OpenTrackerInput& input) {
    return encoded(input);
}
Json to_json(const OpenTrackerOutcome& outcome) {
    return encoded(outcome);
}
Json to_json(const CloseTrackerInput& input) {
    return encoded(input);
}
Json to_json(const CloseTrackerOutcome& outcome) {
    return encoded(outcome);
}
Result<OpenTrackerInput> open_tracker_input_from(const Json& document) {
    return decoded<OpenTrackerInput>(document);
}
Result<OpenTrackerOutcome> open_tracker_outcome_from(const Json& document) {
    return decoded<OpenTrackerOutcome>(document);
}
Result<CloseTrackerInput> close_tracker_input_from(const Json& document) {
    return decoded<CloseTrackerInput>(document);
}
Result<CloseTrackerOutcome> close_tracker_outcome_from(const Json& document) {
    return decoded<CloseTrackerOutcome>(document);
}

} // namespace pedigree::records::work
