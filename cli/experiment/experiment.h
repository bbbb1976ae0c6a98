#pragma once
// An Experiment as the command line reads it: the resource's type, and the few fields of spec and
// status that tables, waiting and following need. Absent fields are empty. Pure.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "k8s/object.h"
#include "records/names.h"

namespace pedigree::cli {

inline constexpr k8s::ResourceType experiments{records::api_group, records::api_group_version,
                                               records::experiments_plural,
                                               records::experiment_kind};

struct Condition {
    std::string type;
    std::string status; // True, False, Unknown
    std::string reason;
    std::string message;
};

struct Experiment {
    k8s::ObjectKey key;
    std::string uid;
    std::optional<Instant> created;
    std::optional<Instant> finished_at;
    std::string project;
    std::string queue;
    std::string phase; // empty: the operator has not seen it yet
    std::string reason;
    std::string message;
    std::string progress; // of a search: "12/50"
    std::string trials;   // of a search: "10 succeeded, 1 failed, 1 running"
    std::string best;     // value of the objective of the best trial
    std::string best_of;  // "val_accuracy, trial 7"
    std::string commit;   // 40 hex, once resolved
    std::string image;    // reference with digest, once built
    std::int64_t attempts = 0;
    std::vector<Condition> conditions;

    const Condition* condition(std::string_view type) const; // nullptr: not set
    bool is(std::string_view condition_type) const;          // set and True
    bool finished() const { return is("Finished"); }
    bool succeeded() const { return is("Succeeded"); }
    // From its creation to its end, or until now.
    std::optional<std::chrono::seconds> duration(Instant now) const;
    // "Running: epoch 2 of 3"
    std::string state_text() const;
    // "trials 12/50, best 0.98 (val_accuracy, trial 7)"; empty without a search.
    std::string search_text() const;
};

Experiment experiment_from(const Json& object);

// "exp/NAME", "experiment/NAME", "experiments/NAME" or "NAME" gives NAME.
std::string experiment_name(std::string_view argument);

} // namespace pedigree::cli
