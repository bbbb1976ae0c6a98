#include "experiment/status/without_decision.h"

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "experiment/observation.h"
#include "experiment/status/condition.h"

namespace pedigree::experiment {
namespace {

constexpr std::size_t error_bytes_max = 300;

bool says(const Json& status, const Obstacle& obstacle) {
    return string_or(status, "reason") == obstacle.reason &&
           string_or(status, "message") == obstacle.message;
}

} // namespace

Obstacle database_away() {
    return {"DatabaseUnavailable",
            "PostgreSQL does not answer, so nothing can be recorded or decided; training goes on "
            "and its record is caught up with. If this lasts, see the operator's log and its "
            "database-url",
            true};
}

namespace {

Obstacle obstacle_by(const std::string& who, const std::string& words) {
    if (who == api_server_refused_reason) {
        return {api_server_refused_reason,
                "the API server refuses what the operator needs: " + words +
                    "; it is tried again. If it is a right that the operator lacks, apply "
                    "manifests/ again",
                false};
    }
    if (who == database_refused_reason) {
        return {database_refused_reason,
                "PostgreSQL refuses what the operator asks: " + words +
                    "; it is tried again. Is it the database that the operator has migrated, and "
                    "has its role the rights of docs/operate/install.md?",
                false};
    }
    return {"OperatorFailed",
            "the operator can do nothing for it: " + words +
                "; it is tried again. This is a fault of the operator: its log says more",
            false};
}

} // namespace

std::optional<Obstacle> obstacle_of(const Error& error) {
    const std::string words = clean_text(error.message, error_bytes_max);
    switch (error.code) {
    case ErrorCode::Corrupt:
        return Obstacle{"RecordUnreadable",
                        "its rows in PostgreSQL cannot be read: " + words +
                            "; nothing is done on a guess. Let the operator's version that wrote "
                            "them run, or restore the database; to give the record up, delete the "
                            "Experiment with the annotation pedigree.dev/abandon-record",
                        true};
    case ErrorCode::InvalidInput:
    case ErrorCode::Unauthorized:
    case ErrorCode::Forbidden:
    case ErrorCode::TooLarge:
    case ErrorCode::Internal:
        return obstacle_by(error.reason, words);
    default:
        return std::nullopt;
    }
}

std::optional<Json> status_without_decision(Json status, const Obstacle& obstacle,
                                            std::int64_t generation, Instant now) {
    const std::string_view recorded = to_string(ConditionType::LineageRecorded);
    Json conditions = Json::array();
    for (const Json& condition : at_path(status, {"conditions"})) {
        const bool ours = string_or(condition, "type") == recorded;
        if (ours && string_or(condition, "status") == to_string(Truth::True)) {
            return std::nullopt;
        }
        if (ours && obstacle.hides_record && string_or(condition, "reason") == obstacle.reason) {
            return std::nullopt;
        }
        if (!ours || !obstacle.hides_record) {
            conditions.push_back(condition);
        }
    }
    if (!obstacle.hides_record && says(status, obstacle)) {
        return std::nullopt;
    }
    if (obstacle.hides_record) {
        conditions.push_back({{"type", recorded},
                              {"status", to_string(Truth::False)},
                              {"reason", obstacle.reason},
                              {"message", obstacle.message},
                              {"lastTransitionTime", to_kubernetes_time(now)},
                              {"observedGeneration", generation}});
    }
    const bool fresh = string_or(status, "phase").empty();
    if (fresh) {
        status = {{"phase", to_string(Phase::Pending)}};
    }
    if (fresh || !obstacle.hides_record) {
        status["reason"] = obstacle.reason;
        status["message"] = obstacle.message;
    }
    status["conditions"] = std::move(conditions);
    return status;
}

} // namespace pedigree::experiment
