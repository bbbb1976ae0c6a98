#pragma once
// The list of an Experiment's trials (docs/spec/trials.md) as the command line reads it. Absent
// fields are empty or 0. Pure but for read_trials().

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "cli/app/cluster.h"
#include "pipeline/search/study.h"

namespace pedigree::cli {

// A parameter's or a metric's value: as it is printed, and as a number if it is one.
struct Scalar {
    std::string text;
    std::optional<double> number;

    bool operator==(const Scalar&) const = default;
};
Scalar scalar_from(const Json& value);
using Scalars = std::map<std::string, Scalar>;
// Of an object; whatever is no scalar stands as JSON.
Scalars scalars_from(const Json& object);

// Below, at or above 0: numbers stand before words; words by their bytes.
int compared(const Scalar& left, const Scalar& right);

constexpr std::array<std::string_view, 4> trial_states{"Completed", "Stopped", "Failed", "Running"};

struct Trial {
    std::int64_t number = 0;
    std::string state; // one of trial_states
    Scalars parameters;
    std::optional<Scalar> value;
    std::int64_t repeats = 0, derived_from = 0;
    std::string reused_from, stop_reason;
    std::string failure_class, failure_reason, message;
    std::string proposed_by;
    std::int64_t attempts = 0;
    std::string pod_uid;
    std::vector<std::string> run_ids;
    std::optional<Instant> started_at, ended_at;

    // From the start of its first attempt; of a running one until now.
    std::optional<std::chrono::seconds> duration(Instant now) const;
};

struct TrialList {
    std::string experiment, uid;
    std::string metric; // empty without a search
    search::Goal goal = search::Goal::Maximize;
    std::int64_t best = 0;
    std::int64_t max_trials = 0;
    std::vector<Trial> trials; // by number

    const Trial* find(std::int64_t number) const; // nullptr: there is none
};

TrialList trial_list_from(const Json& document);

// The document of the read API. NotFound says how to find the name.
Result<Json> read_trials(const Cluster& cluster, const std::string& experiment);

// The parameters whose value is not the same in all trials, one without it included; of a single
// trial all.
std::vector<std::string> varying_parameters(const std::vector<Trial>& trials);
std::vector<std::string> all_parameters(const std::vector<Trial>& trials);

} // namespace pedigree::cli
