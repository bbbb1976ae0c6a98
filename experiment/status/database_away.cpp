#include "experiment/status/database_away.h"

#include <nlohmann/json.hpp>

namespace pedigree::experiment {
namespace {

constexpr const char* recorded = "LineageRecorded";
constexpr const char* away_reason = "DatabaseUnavailable";
constexpr const char* sentence =
    "PostgreSQL does not answer, so nothing can be recorded or decided; training goes on and its "
    "record is caught up with. If this lasts, see the operator's log and its database-url";

} // namespace

std::optional<Json> status_while_database_away(Json status, std::int64_t generation, Instant now) {
    Json conditions = Json::array();
    for (const Json& condition : at_path(status, {"conditions"})) {
        if (string_or(condition, "type") != recorded) {
            conditions.push_back(condition);
        } else if (string_or(condition, "status") == "True" ||
                   string_or(condition, "reason") == away_reason) {
            return std::nullopt;
        }
    }
    conditions.push_back({{"type", recorded},
                          {"status", "False"},
                          {"reason", away_reason},
                          {"message", sentence},
                          {"lastTransitionTime", to_kubernetes_time(now)},
                          {"observedGeneration", generation}});
    if (string_or(status, "phase").empty()) { // a new one
        status = {{"phase", "Pending"}, {"reason", away_reason}, {"message", sentence}};
    }
    status["conditions"] = std::move(conditions);
    return status;
}

} // namespace pedigree::experiment
