#include "tests/fakes/fake_history.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "experiment/events/event_of.h"
#include "tests/fakes/sample.h"

namespace pedigree {

using experiment::ActivityState;
using experiment::AttemptStage;
using experiment::History;

Status FakeHistory::ask(FaultPoint point, const std::string& call) const {
    return fault ? fault(point, call) : Status();
}

bool FakeHistory::has_entry(const std::string& id) const {
    return std::any_of(ledger_.begin(), ledger_.end(),
                       [&](const LedgerLine& line) { return line.id == id; });
}

Result<experiment::History> FakeHistory::load(const std::string& experiment_uid) {
    TRY(ask(FaultPoint::Before, "load"));
    const auto found = histories_.find(experiment_uid);
    if (found == histories_.end()) {
        return experiment::History();
    }
    experiment::History history = found->second;
    for (const experiment::AttemptRow& attempt : history.attempts) {
        if (attempt.stage == AttemptStage::Ended && !attempt.pod_uid.empty()) {
            history.record_keys[attempt.pod_uid] = {sample::record_key(attempt.pod_uid), false};
        }
    }
    history.recorded.numbered =
        history.experiment && has_entry(experiment::last_event_id(*history.experiment));
    return history;
}

Status FakeHistory::commit(const std::string& experiment_uid, const experiment::Change& change,
                           const std::vector<records::Event>& events, Instant now) {
    TRY(ask(FaultPoint::Before, "commit"));
    TRY(refuse ? refuse(change) : Status());
    experiment::History& history = histories_[experiment_uid];
    for (std::size_t i = 0; i < change.search_events.size(); ++i) {
        const std::size_t place = static_cast<std::size_t>(change.search_events_before) + i;
        if (place < history.search_events.size() &&
            history.search_events[place] != change.search_events[i]) {
            return failure(ErrorCode::Unavailable, "the search has moved on");
        }
    }
    history = experiment::applied(history, change, now);
    for (const experiment::ActivityKey& key : change.wanted) {
        history.activities.at(key).nonce = "nonce of " + key.text();
    }
    for (const records::Event& event : events) {
        const bool known = has_entry(event.header().id);
        idle_commits_ += known;
        if (!known) {
            ledger_.push_back({event.header().id, event.header().type, event.body()});
        }
    }
    ++commits_;
    newest_ = now;
    if (committed) {
        committed();
    }
    return ask(FaultPoint::After, "commit");
}

Result<std::vector<control::PendingActivity>> FakeHistory::pending_activities() {
    TRY(ask(FaultPoint::Before, "pending_activities"));
    std::vector<control::PendingActivity> pending;
    for (const auto& [uid, history] : histories_) {
        for (const auto& [key, row] : history.activities) {
            if (row.state == experiment::ActivityState::Wanted) {
                pending.push_back(
                    {uid, history.experiment->name_space, history.experiment->name, row});
            }
        }
    }
    return pending;
}

Status FakeHistory::finish_activity(const std::string& experiment_uid,
                                    const experiment::ActivityRow& row) {
    TRY(ask(FaultPoint::Before, "finish_activity"));
    histories_[experiment_uid].activities[row.key] = row;
    ++commits_;
    if (committed) {
        committed();
    }
    return ask(FaultPoint::After, "finish_activity");
}

Result<std::map<std::string, std::vector<experiment::ObjectivePoint>>>
FakeHistory::objective_points(const std::vector<std::string>& pod_uids) {
    TRY(ask(FaultPoint::Before, "objective_points"));
    std::map<std::string, std::vector<experiment::ObjectivePoint>> points;
    for (const std::string& uid : pod_uids) {
        points[uid] = told_points[uid];
    }
    return points;
}

Result<std::optional<experiment::ReusableTrial>>
FakeHistory::find_trial(const std::string& fingerprint) {
    TRY(ask(FaultPoint::Before, "find_trial"));
    for (const auto& [uid, history] : histories_) {
        for (const experiment::TrialRow& trial : history.trials) {
            if (trial.fingerprint == fingerprint && trial.reused_from.empty() &&
                trial.state == experiment::TrialState::Completed) {
                return experiment::ReusableTrial{uid, trial.number, trial.value};
            }
        }
    }
    return std::nullopt;
}

// In the order of their uids; the objective is not looked at.
Result<std::string> FakeHistory::earlier_searches(const control::EarlierSearchQuery& query) {
    TRY(ask(FaultPoint::Before, "earlier_searches"));
    Json list = Json::array();
    for (const auto& [uid, history] : histories_) {
        if (history.experiment->best_trial > 0 && history.experiment->project == query.project) {
            list.push_back({{"experiment", uid}, {"events", history.search_events.size()}});
        }
    }
    return canonical_json(list);
}

Result<std::vector<std::string>> FakeHistory::search_events(const std::string& experiment_uid,
                                                            std::int64_t count) {
    TRY(ask(FaultPoint::Before, "search_events"));
    auto events = histories_[experiment_uid].search_events;
    events.resize(std::min(events.size(), static_cast<std::size_t>(count)));
    return events;
}

Result<std::vector<control::LeftOpen>> FakeHistory::unreleased() {
    TRY(ask(FaultPoint::Before, "unreleased"));
    std::vector<control::LeftOpen> left;
    for (const auto& [uid, history] : histories_) {
        const bool open =
            std::any_of(history.attempts.begin(), history.attempts.end(), [](const auto& attempt) {
                return attempt.stage < experiment::AttemptStage::Released;
            });
        if (!history.experiment->released || open) {
            left.push_back({uid, history.experiment->name_space, history.experiment->name});
        }
    }
    return left;
}

} // namespace pedigree
