// The rows of a search: its trials and its events.

#include <cstdlib>

#include <nlohmann/json.hpp>

#include "operator/storage/row_codec.h"

namespace pedigree::control {

Result<std::vector<experiment::TrialRow>> select_trials(store::Transaction& transaction,
                                                        const std::string& uid) {
    using std::string;
    TRY(const auto rows,
        transaction.query("SELECT number, state, parameters, reason, repeats, derived_from, "
                          "fingerprint, reused_from, stop_reason, value, failure_class, "
                          "failure_reason, message, proposed_at, ended_at FROM trial "
                          "WHERE experiment_uid = $1 ORDER BY number",
                          {uid}));
    TRY(auto tuples,
        (rows.as<std::int64_t, string, string, string, std::int64_t, std::int64_t, string, string,
                 string, string, string, string, string, Instant, std::optional<Instant>>()));
    std::vector<experiment::TrialRow> out;
    for (auto& tuple : tuples) {
        experiment::TrialRow row;
        std::string state, failure_class;
        std::tie(row.number, state, row.parameters_json, row.reason_json, row.repeats,
                 row.derived_from, row.fingerprint, row.reused_from, row.stop_reason, row.value,
                 failure_class, row.failure_reason, row.message, row.proposed_at, row.ended_at) =
            std::move(tuple);
        const auto known = from_word<experiment::TrialState>(state);
        if (!known) {
            return failure(ErrorCode::Corrupt, "trial state \"" + state + "\" is unknown");
        }
        row.state = *known;
        const auto known_class = from_word<FailureClass>(failure_class);
        if (!known_class) {
            return failure(ErrorCode::Corrupt,
                           "failure class \"" + failure_class + "\" is unknown");
        }
        row.failure_class = *known_class;
        out.push_back(std::move(row));
    }
    return out;
}

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
    TRY(auto found, (rows.at_most_one<std::string, std::int64_t, std::string>()));
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
                points.push_back(
                    {point[0].get<std::int64_t>(),
                     std::strtod(point[1].get_ref<const std::string&>().c_str(), nullptr)});
            }
        }
    }
    return points;
}

Status upsert(store::Transaction& transaction, const std::string& uid,
              const experiment::TrialRow& row) {
    TRY(transaction.execute(
        "INSERT INTO trial (experiment_uid, number, state, parameters, reason, repeats, "
        "derived_from, fingerprint, reused_from, stop_reason, value, failure_class, "
        "failure_reason, message, proposed_at, ended_at) VALUES "
        "($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16) "
        "ON CONFLICT (experiment_uid, number) DO UPDATE SET state = excluded.state, "
        "reused_from = excluded.reused_from, stop_reason = excluded.stop_reason, "
        "value = excluded.value, failure_class = excluded.failure_class, "
        "failure_reason = excluded.failure_reason, message = excluded.message, "
        "ended_at = excluded.ended_at",
        {uid, row.number, to_string(row.state), row.parameters_json, row.reason_json, row.repeats,
         row.derived_from, row.fingerprint, row.reused_from, row.stop_reason, row.value,
         to_string(row.failure_class), row.failure_reason, row.message, row.proposed_at,
         row.ended_at}));
    return {};
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
