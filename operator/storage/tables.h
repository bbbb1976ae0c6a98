#pragma once
// The operator's working tables, column by column, as storage/migrations make them: the one place
// where a field of experiment/history.h meets its column. A new field is a line here and a
// migration; rows_test (tests/integration/postgres) holds each of them against PostgreSQL.

#include "experiment/history.h"
#include "operator/storage/columns.h"

namespace pedigree::control {

inline constexpr auto experiments_table = [] {
    using Row = experiment::ExperimentRow;
    return table<Row>(
        "experiment", "", key("uid", &Row::uid), once("namespace", &Row::name_space),
        once("name", &Row::name), once("project", &Row::project), once("spec", &Row::spec_json),
        once("spec_hash", &Row::spec_hash), once("requested_by", &Row::requested_by),
        once("triggered_by", &Row::triggered_by), once("accepted_at", &Row::accepted_at),
        column("told_commit", &Row::told_commit), column("commit", &Row::commit),
        column("tree", &Row::tree), column("lock_digest", &Row::lock_digest),
        column("image", &Row::image), column("image_digest", &Row::image_digest),
        column("image_config_digest", &Row::image_config_digest),
        column("base_digest", &Row::base_digest), column("imports_checked", &Row::imports_checked),
        column("tracker_experiment_id", &Row::tracker_experiment_id),
        column("parent_run_id", &Row::parent_run_id), column("outcome", &Row::outcome),
        column("failure_class", &Row::failure_class), column("reason", &Row::reason),
        column("message", &Row::message), column("finished_at", &Row::finished_at),
        column("deleting_since", &Row::deleting_since), column("max_trials", &Row::max_trials),
        column("extensions", &Row::extensions), once("earlier_searches", &Row::earlier_searches),
        column("best_trial", &Row::best_trial), column("best_value", &Row::best_value),
        column("tracker_closed", &Row::tracker_closed), column("released", &Row::released));
}();

inline constexpr auto attempts_table = [] {
    using Row = experiment::AttemptRow;
    return table<Row>(
        "attempt", "experiment_uid", key("trial", &Row::trial), key("number", &Row::number),
        column("stage", &Row::stage), once("job_name", &Row::job_name),
        column("job_uid", &Row::job_uid), column("pod_uid", &Row::pod_uid),
        column("pod_name", &Row::pod_name), column("node_name", &Row::node_name),
        once("memory", &Row::memory), once("store_prefix", &Row::store_prefix),
        column("failure_class", &Row::failure_class), column("reason", &Row::reason),
        column("message", &Row::message), column("stop_reason", &Row::stop_reason),
        column("exit_code", &Row::exit_code), column("trained", &Row::trained),
        column("bundle_digest", &Row::bundle_digest), column("record_proof", &Row::record_proof),
        column("objective", &Row::objective), once("planned_at", &Row::planned_at),
        column("started_at", &Row::started_at), column("placed_at", &Row::placed_at),
        column("ended_at", &Row::ended_at), column("train_image", &Row::train_image),
        column("recorder_image", &Row::recorder_image), column("doubts", &Row::doubts),
        column("gaps", &Row::gaps), column("models", &Row::models));
}();

inline constexpr auto trials_table = [] {
    using Row = experiment::TrialRow;
    return table<Row>(
        "trial", "experiment_uid", key("number", &Row::number), column("state", &Row::state),
        once("parameters", &Row::parameters_json), once("reason", &Row::reason_json),
        once("repeats", &Row::repeats), once("derived_from", &Row::derived_from),
        once("fingerprint", &Row::fingerprint), column("reused_from", &Row::reused_from),
        column("stop_reason", &Row::stop_reason), column("value", &Row::value),
        column("failure_class", &Row::failure_class),
        column("failure_reason", &Row::failure_reason), column("message", &Row::message),
        once("proposed_at", &Row::proposed_at), column("ended_at", &Row::ended_at));
}();

// The account of an attempt that is over stands in the ledger: it is not moved at each look. $1 is
// the Experiment's uid.
inline constexpr std::string_view outcome_still_needed =
    "CASE WHEN split_part(key, '/', 2) IN (SELECT 'attempt-' || trial || '-' || number "
    "FROM attempt WHERE experiment_uid = $1 AND stage IN ('Released', 'Deleted')) "
    "THEN '' ELSE outcome END";

inline constexpr auto activities_table = [] {
    using Row = experiment::ActivityRow;
    return table<Row>("activity", "experiment_uid", key("key", &Row::key),
                      once("nonce", &Row::nonce), column("state", &Row::state),
                      column("outcome", &Row::outcome_json, outcome_still_needed),
                      column("failure_class", &Row::failure_class), column("reason", &Row::reason),
                      column("message", &Row::message), column("tries", &Row::tries),
                      column("alike", &Row::alike), once("wanted_at", &Row::wanted_at),
                      column("not_before", &Row::not_before));
}();

// A closed intent is no row.
inline constexpr auto intents_table = [] {
    using Row = experiment::IntentRow;
    return table<Row>("intent", "experiment_uid", key("effect", &Row::effect),
                      key("target", &Row::target), once("nonce", &Row::nonce));
}();

} // namespace pedigree::control
