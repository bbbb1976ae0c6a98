#include "tests/unit/experiment/search_life.h"

#include <nlohmann/json.hpp>

#include "experiment/search/step.h"

namespace pedigree::experiment {

Json search_of(int max_trials, int parallel) {
    return {{"objective", {{"metric", "score"}, {"goal", "Maximize"}}},
            {"space",
             {{{"name", "train.learning_rate"},
               {"type", "Float"},
               {"min", 0.0001},
               {"max", 0.1},
               {"scale", "Log"}},
              {{"name", "train.batch_size"}, {"type", "Discrete"}, {"values", {16, 32, 64}}}}},
            {"algorithm", {{"name", "Random"}}},
            {"maxTrials", max_trials},
            {"parallelTrials", parallel}};
}

std::vector<AttemptRow> open_of(const Life& life) {
    std::vector<AttemptRow> rows;
    for (const AttemptRow* attempt : open_attempts(life.observation)) {
        rows.push_back(*attempt);
    }
    return rows;
}

void start_all(Life& life) {
    for (const AttemptRow& row : open_of(life)) {
        life.start_pod(row);
    }
    life.run();
}

void end_all(Life& life, std::int64_t exit_code) {
    start_all(life);
    for (const AttemptRow& row : open_of(life)) {
        life.end_pod(row, exit_code, exit_code == 0 ? "Completed" : "Error");
    }
    life.run();
}

void run_to_the_end(Life& life) {
    life.run();
    for (int i = 0; i < 50 && !open_of(life).empty(); ++i) {
        end_all(life);
    }
}

const TrialRow& trial(const Life& life, std::int64_t number) {
    return *life.observation.history.trial(number);
}

} // namespace pedigree::experiment
