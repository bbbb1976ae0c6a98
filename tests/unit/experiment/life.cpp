#include "tests/unit/experiment/life.h"

#include <algorithm>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "experiment/activity.h"
#include "pipeline/search/document/experiment_search.h"
#include "pipeline/spec/canonical.h"
#include "pipeline/spec/parse.h"
#include "records/names.h"
#include "tests/fakes/sample.h"

namespace pedigree::experiment {
namespace {

constexpr int steps_max = 200;
const std::string own_image = "registry.example.com/pedigree@" + sample::digest_of("pedigree");

Json outcome_of(ActivityKind kind, const History& history) {
    const std::string pod_uid = history.attempts.empty() ? "" : history.attempts.back().pod_uid;
    switch (kind) {
    case ActivityKind::ResolveSource:
        return records::work::to_json(sample::resolved());
    case ActivityKind::BuildImage:
        return records::work::to_json(sample::built());
    case ActivityKind::CheckImports:
        return {{"key", sample::digest_of("imports")}};
    case ActivityKind::OpenTracker:
        return records::work::to_json(sample::opened());
    default:
        return records::work::to_json(sample::told(pod_uid));
    }
}

} // namespace

Life::Life() {
    const Json object = sample::experiment();
    observation.now = *parse_instant("2026-01-01T00:00:00Z");
    observation.nonce = "nonce";
    observation.resource = Resource{.uid = sample::experiment_uid,
                                    .name_space = sample::name_space,
                                    .name = sample::name,
                                    .generation = 1,
                                    .requested_by = "ada@example.com"};
    observation.history.recorded.numbered = true;
    use(object["spec"]);
}

void Life::use(const Json& spec) {
    observation.spec = *spec::parse(spec);
    observation.spec_json = canonical_json(spec::to_canonical_json(*observation.spec));
    observation.spec_hash = spec::spec_hash(*observation.spec).text();
}

Life::Life(const Json& search) : Life() {
    Json spec = sample::experiment()["spec"];
    spec["search"] = search;
    use(spec);
    observation.study = *search::study_of(*observation.spec);
    observation.resource->max_trials = observation.study->max_trials;
    observation.resource->parallel_trials = observation.study->parallel_trials;
}

std::string Life::step() {
    const Decision decision = look();
    if (!decision.effect) {
        return "";
    }
    follow(*decision.effect);
    return effect_name(*decision.effect);
}

std::vector<std::string> Life::run() {
    std::vector<std::string> names;
    for (int i = 0; i < steps_max; ++i) {
        std::string name = step();
        if (name.empty()) {
            return names;
        }
        names.push_back(std::move(name));
    }
    names.push_back("never ends");
    return names;
}

void Life::commit(Change change) {
    if (change.derive_best) {
        EXPECT_TRUE(Engine().derive_best(observation, change));
    }
    observation.history = applied(observation.history, change, observation.now);
    if (observation.study) { // as gather() does
        observation.study->max_trials = observation.history.experiment->max_trials;
    }
    changes.push_back(change);
    records.insert(records.end(), change.records.begin(), change.records.end());
    for (const ActivityKey& key : change.wanted) {
        ActivityRow& row = observation.history.activities.at(key);
        if (answer) {
            answer(row);
            continue;
        }
        row.state = ActivityState::Succeeded;
        row.outcome_json = canonical_json(key.kind == ActivityKind::FetchObject
                                              ? records::work::to_json(fetched(key))
                                              : outcome_of(key.kind, observation.history));
    }
}

void Life::follow(const Effect& effect) {
    if (const auto* committed = std::get_if<CommitChange>(&effect)) {
        commit(committed->change);
    } else if (std::holds_alternative<AddFinalizer>(effect)) {
        observation.resource->has_finalizer = true;
    } else if (std::holds_alternative<RemoveFinalizer>(effect)) {
        observation.resource->has_finalizer = false;
    } else if (const auto* create = std::get_if<CreateJob>(&effect)) {
        observation.jobs.push_back(
            {.name = create->job_name,
             .uid = "job-" + create->job_name,
             .nonce = observation.history.nonce_of("job.create", create->job_name),
             .claims_us = true,
             .images = {{run::prepare_container, own_image},
                        {run::recorder_container, own_image},
                        {run::train_container, sample::built().image}},
             .has_finalizer = true});
    } else if (const auto* release = std::get_if<ReleaseJob>(&effect)) {
        for (JobSeen& job : observation.jobs) {
            job.has_finalizer = job.has_finalizer && job.name != release->job_name;
        }
        std::erase_if(observation.jobs,
                      [](const JobSeen& job) { return job.deleting && !job.has_finalizer; });
    } else if (const auto* removal = std::get_if<DeleteJob>(&effect)) {
        for (JobSeen& job : observation.jobs) {
            job.deleting = job.deleting || job.uid == removal->job_uid;
        }
        std::erase_if(observation.jobs,
                      [](const JobSeen& job) { return job.deleting && !job.has_finalizer; });
    } else if (const auto* end = std::get_if<DeletePod>(&effect)) {
        for (PodSeen& pod : observation.pods) {
            pod.facts.deleting = pod.facts.deleting || pod.uid == end->pod_uid;
        }
    }
}

records::work::FetchObjectOutcome Life::fetched(const ActivityKey& key) const {
    records::work::FetchObjectOutcome outcome = sample::fetched(bundle_of(key));
    if (stored) {
        Json document = *parse_json(outcome.bytes);
        stored(document);
        outcome.bytes = canonical_json(document);
    }
    return outcome;
}

// What the recorder of that attempt saw, and what its trial logged of the objective.
records::pod::Bundle Life::bundle_of(const ActivityKey& key) const {
    for (const AttemptRow& row : observation.history.attempts) {
        if (key != collect_activity(row.trial, row.number)) {
            continue;
        }
        records::pod::Bundle bundle = sample::bundle(row.pod_uid);
        if (const auto score = scores.find(row.trial); score != scores.end()) {
            const MetricValue value = MetricValue::parse(score->second).value();
            bundle.runs.front().metrics["score"] = {1, value, value, value, 1};
            bundle.objective = points;
            if (!points.empty()) {
                bundle.objective.push_back({points.back().step + 1, value});
            }
        }
        if (observed) {
            observed(bundle);
        }
        return bundle;
    }
    return {};
}

void Life::start_pod(const AttemptRow& row) {
    PodSeen seen;
    seen.uid = "pod-" + row.job_name;
    seen.name = row.job_name + "-x";
    seen.job_uid = "job-" + row.job_name;
    seen.facts.phase = "Running";
    seen.facts.node_name = "node-1";
    seen.facts.started_at = observation.now;
    seen.facts.train.running = true;
    seen.facts.train.started_at = observation.now;
    observation.history.record_keys[seen.uid] = {sample::record_key(seen.uid), false};
    seen.facts.train.image_id = sample::built().image;
    seen.facts.recorder.image_id = seen.facts.prepare.image_id = own_image;
    observation.pods.push_back(std::move(seen));
}

void Life::end_pod(const AttemptRow& row, std::int64_t exit_code, const std::string& reason) {
    const auto found =
        std::find_if(observation.pods.begin(), observation.pods.end(),
                     [&](const PodSeen& seen) { return seen.uid == "pod-" + row.job_name; });
    run::PodFacts& facts = found->facts;
    facts.phase = exit_code == 0 ? "Succeeded" : "Failed";
    facts.train.running = false;
    facts.train.terminated = true;
    facts.train.exit_code = exit_code;
    facts.train.reason = reason;
    facts.train.finished_at = observation.now;
    facts.recorder.terminated = true;
    facts.recorder.message = sample::termination_message(sample::bundle(found->uid));
    for (JobSeen& job : observation.jobs) {
        job.finished = job.finished || job.name == row.job_name;
    }
}

} // namespace pedigree::experiment
