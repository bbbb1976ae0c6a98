// What must hold at every moment of a run, at rest and at its end.
#include "tests/simulation/world.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "experiment/activity.h"
#include "experiment/doubt.h"
#include "experiment/status/told.h"
#include "operator/auxiliary/look.h"
#include "records/names.h"
#include "tests/fakes/sample.h"

namespace pedigree::simulation {
namespace {

using experiment::AttemptRow;
using experiment::History;

const k8s::ObjectKey checked_key{sample::name_space, sample::name};

bool is_final(const std::string& phase) {
    return phase == "Succeeded" || phase == "Failed" || phase == "Cancelled";
}

// How far an attempt is, by what the status says; nothing for words that may stand anywhere.
std::optional<std::size_t> place_of(const Json& status) {
    static const std::vector<std::string> way{
        "ResolvingSource", "BuildingImage", "WaitingForTracker", "WaitingForPod",
        "WaitingForNode",  "PullingImage",  "Preparing",         "StartingContainer",
        "Training",        "Stopping",      "CompletingRecord",  "CollectingRecord",
        "TellingTracker"};
    const auto found = std::find(way.begin(), way.end(), string_or(status, "reason"));
    return found == way.end() ? std::nullopt : std::optional(found - way.begin());
}

// Within one attempt nothing is waited for twice.
bool is_backwards(const Json& before, const Json& now) {
    const auto from = place_of(before), to = place_of(now);
    return from && to && *to < *from &&
           integer_or(before, "attempts") == integer_or(now, "attempts");
}

std::string condition_of(const Json& status, const std::string& type) {
    for (const Json& condition : at_path(status, {"conditions"})) {
        if (string_or(condition, "type") == type) {
            return string_or(condition, "status");
        }
    }
    return "";
}

} // namespace

void World::check_status(const k8s::Object& before, const k8s::Object& after) {
    const Json& old = at_path(*before, {"status"});
    const Json& now = at_path(*after, {"status"});
    last_status_ = fmt::format("{} {}", string_or(now, "phase"), string_or(now, "reason"));
    if (is_final(string_or(now, "phase")) != now.contains("finishedAt")) {
        violated(fmt::format("{}, but finishedAt is {}", last_status_,
                             at_path(now, {"finishedAt"}).dump()));
    }
    if (!scenario_.search.empty() || put_back_) {
        return; // trials beside each other wait for this and that; an extension goes on after an
                // end
    }
    if (is_final(string_or(old, "phase")) && string_or(now, "phase") != string_or(old, "phase")) {
        violated("phase went back from " + string_or(old, "phase") + " to " +
                 string_or(now, "phase"));
    }
    if (is_backwards(old, now)) {
        violated(fmt::format("status went from {} {} to {}", string_or(old, "phase"),
                             string_or(old, "reason"), last_status_));
    }
    for (const char* counter : {"attempts", "observedGeneration"}) {
        if (integer_or(now, counter) < integer_or(old, counter)) {
            violated(std::string(counter) + " fell");
        }
    }
    for (const char* type :
         {"Validated", "SourceResolved", "ImageReady", "LineageRecorded", "Finished"}) {
        if (condition_of(old, type) == "True" && condition_of(now, type) != "True") {
            violated(std::string("condition went back: ") + type);
        }
    }
}

// What is about to happen stands in PostgreSQL before it does.
void World::check_intent(const std::string& job_name) {
    const auto history = state_.histories().find(sample::experiment_uid);
    const bool imports = job_name.find("-imports-") != std::string::npos;
    if (imports || job_name.find("-wheel-") != std::string::npos) { // wanted by an activity's row
        const auto* row = history->second.activity(imports ? experiment::imports_activity
                                                           : experiment::build_activity);
        if (row == nullptr || row->state != experiment::ActivityState::Wanted) {
            violated("nobody wants Job " + job_name);
        }
        return;
    }
    const bool written =
        history != state_.histories().end() &&
        std::any_of(history->second.intents.begin(), history->second.intents.end(),
                    [&](const experiment::IntentRow& intent) {
                        return intent.effect == "job.create" && intent.target == job_name;
                    });
    if (!written) {
        violated("no intent was written for Job " + job_name);
    }
}

// Walls stand as long as there is somebody inside. With the Experiment all goes at once.
void World::check_policy_removed(const std::string& job_name) {
    for (const k8s::Object& pod : api_.all(k8s::pods)) {
        const std::string phase = string_or(at_path(*pod, {"status"}), "phase");
        const bool over = phase == "Succeeded" || phase == "Failed";
        if (k8s::label_of(*pod, records::auxiliary_label) == job_name && !over &&
            api_.seen(control::experiments, checked_key)) {
            violated("no policy stands around the pod of " + job_name);
        }
    }
}

// Hot loops: what was done is not asked for again, however far the caches are behind.
void World::check_effort() {
    for (const std::string& write : api_.idle_writes()) {
        violated("a write that changes nothing: " + write);
    }
    if (state_.idle_commits() > 0) {
        violated("records committed again");
    }
}

// Of what had ended, and is not begun again since the database has forgotten that, what is over
// stays in sight.
bool World::is_kept_for_people(const Json& object) const {
    const std::string phase = string_or(at_path(object, {"status"}), "phase");
    const bool over = !at_path(object, {"status", "conditions"}).empty() || phase == "Succeeded" ||
                      phase == "Failed";
    return put_back_ && last_status_.ends_with(experiment::history_lost_reason) && over;
}

// What is ours goes, what another made stays, unless it says that it is ours.
void World::check_left_behind() {
    bool foreign_there = false;
    for (const auto& type : {k8s::jobs, k8s::pods}) {
        for (const k8s::Object& object : api_.all(type)) {
            if (!is_foreign(*object) && !is_kept_for_people(*object)) {
                violated("left behind: " + k8s::key_of(*object).text());
            }
            foreign_there = foreign_there || k8s::uid_of(*object) == foreign_uid_;
        }
    }
    if (foreign_there != (scenario_.foreign == Foreign::Stranger)) {
        violated(foreign_there ? "an imitation is left behind" : "a stranger's Job was deleted");
    }
    const auto found = state_.histories().find(sample::experiment_uid);
    for (const experiment::AttemptRow& attempt :
         found == state_.histories().end() ? std::vector<AttemptRow>() : found->second.attempts) {
        if (!foreign_uid_.empty() && attempt.job_uid == foreign_uid_) {
            violated("a Job was adopted that another made");
        }
    }
}

void World::check_end() {
    for (const auto& [job, count] : jobs_made_) {
        if (count != 1) {
            violated(fmt::format("{} Jobs named {}", count, job));
        }
    }
    for (const auto& [job, count] : node_.pods_made()) {
        // The Job controller may be faster than we are; what it made is stopped.
        if (count != 1 && !scenario_.has(Deed::TakePod)) {
            violated(fmt::format("{} pods for Job {}", count, job));
        }
    }
    const experiment::History& history = state_.histories().at(sample::experiment_uid);
    if (!history.intents.empty()) {
        violated("an intent is open: " + history.intents.front().target);
    }
    if (!history.experiment->released) {
        violated("not released");
    }
    check_left_behind();
    if (!api_.all(k8s::config_maps).empty()) {
        violated("a ConfigMap is left behind");
    }
    if (!api_.all(control::network_policies).empty()) {
        violated("a NetworkPolicy is left behind");
    }
    for (const experiment::AttemptRow& attempt : history.attempts) {
        if (worker_.told().contains(attempt.pod_uid) &&
            worker_.told().at(attempt.pod_uid).size() > 1) {
            violated("the tracker was told two ends of attempt " + std::to_string(attempt.number));
        }
    }
}

namespace {

// A pod that was stopped goes when it has ended. An operator that was away then cannot say which
// image ran, and says that; all else is the same.
std::int64_t gaps_of(const AttemptRow& attempt) {
    const bool stopped = attempt.failure_class == FailureClass::Cancelled;
    return attempt.gaps -
           (stopped && experiment::has_doubt(attempt, experiment::Doubt::ImageUnread) ? 1 : 0);
}

} // namespace

Ending World::ending() const {
    Ending ending;
    for (const LedgerLine& line : state_.ledger()) {
        ending.records.push_back(line.type);
    }
    const auto found = state_.histories().find(sample::experiment_uid);
    if (found == state_.histories().end()) {
        ending.state = "no history";
        return ending;
    }
    const experiment::ExperimentRow& experiment = *found->second.experiment;
    ending.state =
        fmt::format("{} {} {} image={} run={} status={}", to_string(experiment.outcome),
                    to_string(experiment.failure_class), experiment.reason, experiment.image_digest,
                    experiment.parent_run_id,
                    api_.seen(control::experiments, checked_key) ? last_status_ : "gone");
    if (!scenario_.search.empty()) { // which trial ends first is chance
        std::sort(ending.records.begin(), ending.records.end());
        ending.state +=
            fmt::format("; best {} {}", experiment.best_trial, experiment.best_value.text());
    }
    for (const experiment::TrialRow& trial : found->second.trials) {
        ending.state +=
            fmt::format("; trial {} {} {} {} {}", trial.number, to_string(trial.state),
                        trial.value.text(), to_string(trial.failure_class), trial.stop_reason);
    }
    const bool orphaned = scenario_.has(Deed::OrphanPod);
    const bool pod_goes_unseen = scenario_.has(Deed::TakePod) || orphaned;
    for (const experiment::AttemptRow& attempt : found->second.attempts) {
        ending.state +=
            fmt::format("; {}-{} {} {} {} {} {} gaps={} models={}", attempt.trial, attempt.number,
                        to_string(attempt.stage), to_string(attempt.failure_class),
                        orphaned && attempt.reason == "PodLost" ? "PodDeleted" : attempt.reason,
                        attempt.memory, to_string(attempt.record_proof),
                        pod_goes_unseen ? 0 : gaps_of(attempt), attempt.models);
    }
    return ending;
}

std::vector<std::string> differences(const World& world, const Ending& undisturbed) {
    std::vector<std::string> found = world.violations();
    const Ending ending = world.ending();
    if (ending.records != undisturbed.records) {
        found.push_back(fmt::format("records: {}\n  undisturbed: {}",
                                    fmt::join(ending.records, " "),
                                    fmt::join(undisturbed.records, " ")));
    }
    if (ending.state != undisturbed.state) {
        found.push_back("state: " + ending.state + "\n  undisturbed: " + undisturbed.state);
    }
    return found;
}

} // namespace pedigree::simulation
