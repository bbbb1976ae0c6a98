#pragma once
// Life: an Experiment's history driven by decide() alone. Each step takes the decision, applies what
// it commits, and lets the world answer in the simplest way: the finalizer is set, the Job exists, the
// activity has succeeded. Tests change the observation in between.

#include <functional>
#include <string>
#include <vector>

#include "operator/observation.h"

namespace pedigree::control {

class Life {
  public:
    Life();

    Decision look() const { return decide(observation); }
    // Takes one decision and what follows from it; the effect's name, "" if there was none.
    std::string step();
    // Steps until decide() wants nothing more.
    std::vector<std::string> run();

    // The pod of the newest Job: placed on a node and running, or ended.
    void start_pod();
    void end_pod(std::int64_t exit_code, const std::string& reason);
    PodSeen& pod() { return observation.pods.back(); }
    AttemptRow& attempt() { return observation.history.attempts.back(); }

    Observation observation;
    std::function<void(ActivityRow&)> answer; // of the worker; default: success
    std::vector<RecordKind> records;
    std::vector<Change> changes;

  private:
    void follow(const Effect& effect);
};

} // namespace pedigree::control
