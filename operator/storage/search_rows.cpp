// The rows of a search beside its trials: its events, and what other searches and pods know.

#include <nlohmann/json.hpp>

#include "operator/storage/row_codec.h"

namespace pedigree::control {

Result<std::vector<std::string>> select_search_events(store::Transaction& transaction,
                                                      const std::string& uid, std::int64_t first,
                                                      std::optional<std::int64_t> last) {
    TRY(const auto rows,
        transaction.query("SELECT event FROM search_event WHERE experiment_uid = $1 "
                          "AND ordinal >= $2 AND ($3::bigint IS NULL OR ordinal <= $3) "
                          "ORDER BY ordinal",
                          {uid, first, last}));
    return rows.column<std::string>();
}

Result<std::string> select_earlier_searches(store::Transaction& transaction,
                                            const EarlierSearchQuery& query) {
    TRY(const auto rows,
        transaction.query(
            "SELECT uid, (SELECT count(*) FROM search_event WHERE experiment_uid = uid) "
            "FROM experiment WHERE namespace = $1 AND project = $2 AND best_trial > 0 "
            "AND spec::json #>> '{search,objective,metric}' = $3 "
            "AND spec::json #>> '{search,objective,goal}' = $4 "
            "ORDER BY accepted_at DESC LIMIT $5",
            {query.name_space, query.project, query.metric, query.goal, earlier_searches_max}));
    TRY(const auto found, (rows.as<std::string, std::int64_t>()));
    Json list = Json::array();
    for (const auto& [uid, events] : found) {
        list.push_back({{"experiment", uid}, {"events", events}});
    }
    return canonical_json(list);
}

Result<std::optional<experiment::ReusableTrial>> select_same_trial(store::Transaction& transaction,
                                                                   const std::string& fingerprint) {
    TRY(const auto rows,
        transaction.query("SELECT experiment_uid, number, value FROM trial WHERE fingerprint = $1 "
                          "AND state = 'Completed' AND reused_from = '' "
                          "ORDER BY ended_at DESC LIMIT 1",
                          {fingerprint}));
    TRY(auto found, (rows.at_most_one<std::string, std::int64_t, MetricValue>()));
    if (!found) {
        return std::nullopt;
    }
    return experiment::ReusableTrial{std::get<0>(*found), std::get<1>(*found), std::get<2>(*found)};
}

// The news of kind Objective holds [[step, "value"], ...]; what is no number is left out, since
// it comes from a user's pod.
Result<std::vector<experiment::ObjectivePoint>>
select_objective_points(store::Transaction& transaction, const std::string& pod_uid) {
    TRY(const auto rows,
        transaction.query("SELECT document FROM progress WHERE pod_uid = $1", {pod_uid}));
    TRY(const auto told, rows.at_most_one<Json>());
    std::vector<experiment::ObjectivePoint> points;
    for (const Json& event : told ? std::get<0>(*told) : Json::array()) {
        if (string_or(event, "kind") != "Objective") {
            continue;
        }
        for (const Json& point : at_path(event, {"points"})) {
            if (point.is_array() && point.size() == 2 && point[0].is_number_integer() &&
                point[1].is_string()) {
                const MetricValue value = MetricValue::from(point[1]);
                if (!value.empty()) {
                    points.push_back({point[0].get<std::int64_t>(), value});
                }
            }
        }
    }
    return points;
}

Status append_search_events(store::Transaction& transaction, const std::string& uid,
                            std::int64_t before, const std::vector<std::string>& events) {
    for (const std::string& event : events) {
        TRY(const std::int64_t written,
            transaction.execute("INSERT INTO search_event (experiment_uid, ordinal, event) "
                                "VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                                {uid, ++before, event}));
        if (written > 0) {
            continue;
        }
        TRY(const auto rows, transaction.query("SELECT event FROM search_event WHERE "
                                               "experiment_uid = $1 AND ordinal = $2",
                                               {uid, before}));
        TRY(const auto known, rows.at_most_one<std::string>());
        if (!known || std::get<0>(*known) != event) {
            // An earlier commit, whose answer was lost, arrived after this change was decided.
            return failure(ErrorCode::Unavailable,
                           "the search has moved on since it was looked at");
        }
    }
    return {};
}

} // namespace pedigree::control
