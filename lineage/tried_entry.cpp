#include "lineage/tried_entry.h"

#include <algorithm>
#include <map>

#include <nlohmann/json.hpp>

namespace pedigree::lineage {
namespace {

// A word that is a canonical number, as a number; what is none, or not there, is null.
Json number_of(const Json& attributes, std::string_view name) {
    const auto parsed = parse_json(string_or(attributes, name, "null"));
    return parsed && parsed->is_number() ? *parsed : Json();
}

bool is_before(const Json& left, const Json& right, const std::string& goal) {
    const bool valued = left["value"].is_number();
    if (goal.empty() || (!valued && !right["value"].is_number())) {
        return left["number"] < right["number"];
    }
    if (valued != right["value"].is_number()) {
        return valued;
    }
    if (left["value"] == right["value"]) {
        return left["number"] < right["number"];
    }
    const bool less = left["value"].get<double>() < right["value"].get<double>();
    return less == (goal == "Minimize");
}

} // namespace

Json parameters_of(const Json& trial_attributes) {
    const auto parsed = parse_json(string_or(trial_attributes, "parameters", "null"));
    return parsed && parsed->is_object() ? *parsed : Json::object();
}

Json tried_trial(const std::string& id, const Json& attributes, const Json& own) {
    const Json parameters = parameters_of(attributes);
    Json different = Json::object();
    for (const auto& [name, value] : parameters.items()) {
        if (!own.contains(name) || own[name] != value) {
            different[name] = value;
        }
    }
    Json entry{{"id", id},
               {"number", integer_or(attributes, "number")},
               {"state", string_or(attributes, "state", "Running")}, // until its end is recorded
               {"value", number_of(attributes, "value")},
               {"parameters", std::move(different)}};
    for (const char* name : {"failureClass", "stopReason", "proposedBy"}) {
        if (const std::string word = string_or(attributes, name); !word.empty()) {
            entry[name] = word;
        }
    }
    return entry;
}

Json tried_experiment(const std::string& id, const Json& attributes) {
    const std::string outcome = string_or(attributes, "outcome");
    const std::int64_t best = integer_or(attributes, "bestTrial");
    return {{"id", id},
            {"name", string_or(attributes, "name")},
            {"outcome", outcome.empty() ? Json() : Json(outcome)},
            {"reason", string_or(attributes, "reason")},
            {"bestTrial", best == 0 ? Json() : Json(best)},
            {"bestValue", number_of(attributes, "bestValue")}};
}

Json counts_by_state(const std::vector<Json>& trials) {
    std::map<std::string, int> counts;
    for (const Json& trial : trials) {
        ++counts[trial["state"].get<std::string>()];
    }
    return counts;
}

void order_best_first(std::vector<Json>& trials, const std::string& goal) {
    std::stable_sort(trials.begin(), trials.end(), [&](const Json& left, const Json& right) {
        return is_before(left, right, goal);
    });
}

} // namespace pedigree::lineage
