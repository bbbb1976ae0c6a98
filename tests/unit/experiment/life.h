#pragma once
// Life: an Experiment's history driven by decide() alone. Each step takes the decision, applies
// what it commits, and lets the world answer in the simplest way: the finalizer is set, the Job
// exists, the activity has succeeded. Tests change the observation in between.

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "experiment/observation.h"
#include "experiment/search/engine.h"
#include "records/pod/bundle.h"
#include "records/work/work.h"

namespace pedigree::experiment {

class Life {
  public:
    Life();
    // With this under spec.search.
    explicit Life(const Json& search);
    // This spec instead of the sample's, before the first step.
    void use(const Json& spec);

    // The engine is asked first, as gather() does.
    Decision look() const {
        Observation seen = observation;
        Engine().look(seen);
        return decide(seen);
    }
    // What the search's events came to.
    search::Trials trials() const {
        Engine engine;
        return (*engine.at(*observation.study, observation.earlier,
                           observation.history.search_events))
            ->trials();
    }
    // Takes one decision and what follows from it; the effect's name, "" if there was none.
    std::string step();
    // Steps until decide() wants nothing more.
    std::vector<std::string> run();

    // The pod of the newest Job: placed on a node and running, or ended.
    void start_pod() { start_pod(attempt()); }
    void end_pod(std::int64_t exit_code, const std::string& reason) {
        end_pod(attempt(), exit_code, reason);
    }
    // Of one attempt among several.
    void start_pod(const AttemptRow& attempt);
    void end_pod(const AttemptRow& attempt, std::int64_t exit_code, const std::string& reason);
    PodSeen& pod() { return observation.pods.back(); }
    AttemptRow& attempt() { return observation.history.attempts.back(); }

    Observation observation;
    // What each trial logs of the metric "score"; a trial that is not named logs another.
    std::map<std::int64_t, std::string> scores;
    std::vector<records::pod::ObjectivePoint> points;    // its curve, of every trial
    std::function<void(ActivityRow&)> answer;            // of the worker; default: success
    std::function<void(records::pod::Bundle&)> observed; // what the recorder saw instead
    std::function<void(Json&)> stored; // what lies in the store instead of what it signed
    std::vector<RecordKind> records;
    std::vector<Change> changes;

  private:
    records::work::FetchObjectOutcome fetched(const ActivityKey& key) const;
    records::pod::Bundle bundle_of(const ActivityKey& key) const;
    void follow(const Effect& effect);
    void commit(Change change);
};

} // namespace pedigree::experiment
