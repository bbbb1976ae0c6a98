#pragma once
// Statements over the operator's tables: which rows, in which order. What a row's columns are
// stands in tables.h. All within the caller's transaction; Corrupt: a row holds what no version of
// ours that this one knows has written.

#include <optional>
#include <vector>

#include "operator/storage/history_store.h"
#include "store/transaction.h"

namespace pedigree::control {

Result<std::optional<experiment::ExperimentRow>> select_experiment(store::Transaction& transaction,
                                                                   const std::string& uid);
Result<std::vector<LeftOpen>> select_unreleased(store::Transaction& transaction);
// The newest execution of that name; its CR may be gone.
Result<std::optional<experiment::ExperimentRow>>
select_experiment_by_name(store::Transaction& transaction, const std::string& name_space,
                          const std::string& name);
Result<std::vector<experiment::AttemptRow>> select_attempts(store::Transaction& transaction,
                                                            const std::string& uid);
Result<std::vector<experiment::ActivityRow>> select_activities(store::Transaction& transaction,
                                                               const std::string& uid);
Result<std::vector<experiment::IntentRow>> select_intents(store::Transaction& transaction,
                                                          const std::string& uid);

Result<std::vector<experiment::TrialRow>> select_trials(store::Transaction& transaction,
                                                        const std::string& uid);
// By their places, from 1: from `first` to `last`, or to the end.
Result<std::vector<std::string>> select_search_events(store::Transaction& transaction,
                                                      const std::string& uid, std::int64_t first,
                                                      std::optional<std::int64_t> last);
// JSON: the newest searches of the project with the same objective and a value.
Result<std::string> select_earlier_searches(store::Transaction& transaction,
                                            const EarlierSearchQuery& query);

// The newest completed trial with this fingerprint that was not itself answered by another.
Result<std::optional<experiment::ReusableTrial>> select_same_trial(store::Transaction& transaction,
                                                                   const std::string& fingerprint);
// What recorders have told of one pod's objective.
Result<std::vector<experiment::ObjectivePoint>>
select_objective_points(store::Transaction& transaction, const std::string& pod_uid);

Status upsert(store::Transaction& transaction, const experiment::ExperimentRow& row);
Status upsert(store::Transaction& transaction, const std::string& uid,
              const experiment::AttemptRow& row);
Status upsert(store::Transaction& transaction, const std::string& uid,
              const experiment::ActivityRow& row);
Status upsert(store::Transaction& transaction, const std::string& uid,
              const experiment::TrialRow& row);
// Appended behind the first `before`; what stands there already is the same, from a commit whose
// answer was lost.
Status append_search_events(store::Transaction& transaction, const std::string& uid,
                            std::int64_t before, const std::vector<std::string>& events);
Status write_intent(store::Transaction& transaction, const std::string& uid,
                    const experiment::IntentRow& row, Instant now);

} // namespace pedigree::control
