#include "experiment/status/told.h"

#include <nlohmann/json.hpp>

#include "experiment/status/condition.h"

namespace pedigree::experiment {
Told told_by(const std::string& status_json) {
    Told told;
    const auto status = parse_json(status_json);
    if (!status) {
        return told;
    }
    told.accepted = !string_or(at_path(*status, {"resolved"}), "specHash").empty();
    told.commit = string_or(at_path(*status, {"resolved"}), "commit");
    told.phase = from_word<Phase>(string_or(*status, "phase")).value_or(Phase::Pending);
    // Written before there were revisions: an end is the first one.
    told.revision = integer_or(at_path(*status, {"lineage"}), "revision", told.ended() ? 1 : 0);
    return told;
}

std::int64_t revision_of(const ExperimentRow& row) {
    return 2 * row.extensions + (row.outcome == Outcome::None ? 0 : 1);
}

bool is_history_lost(const Observation& observation) {
    if (!observation.resource) {
        return false;
    }
    const Told told = told_by(observation.resource->status_json);
    const auto& row = observation.history.experiment;
    return told.ended() && (!row || revision_of(*row) < told.revision);
}

std::string commit_to_pin(const Observation& observation) {
    const auto& row = observation.history.experiment;
    const bool known =
        row && (!row->commit.empty() || !row->told_commit.empty() || row->outcome != Outcome::None);
    return observation.resource && !known ? told_by(observation.resource->status_json).commit : "";
}

Json status_while_history_lost(Json status, const Decision& decision, std::int64_t generation,
                               Instant now) {
    const std::string_view recorded = to_string(ConditionType::LineageRecorded);
    std::string since = to_kubernetes_time(now);
    Json conditions = Json::array();
    for (const Json& condition : at_path(status, {"conditions"})) {
        if (string_or(condition, "type") != recorded) {
            conditions.push_back(condition);
        } else if (string_or(condition, "status") == to_string(Truth::False)) {
            since = string_or(condition, "lastTransitionTime", since);
        }
    }
    conditions.push_back({{"type", recorded},
                          {"status", to_string(Truth::False)},
                          {"reason", decision.reason},
                          {"message", decision.message},
                          {"lastTransitionTime", since},
                          {"observedGeneration", generation}});
    status["conditions"] = std::move(conditions);
    status["reason"] = decision.reason;
    status["message"] = decision.message;
    status["observedGeneration"] = generation;
    return status;
}

} // namespace pedigree::experiment
