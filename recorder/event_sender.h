#pragma once
// Tells the operator live how the training goes, for status, `kubectl get` and dashboards:
//   POST {operatorUrl}/v1/attempts/events, Authorization: Bearer <projected token>,
//   Pedigree-Signature: of the body, with the attempt's key; without a key nothing is told,
//   {"podUid", "events": [{"sequence", "time", "kind", ...}]}
//   Run:      runId, experimentId, parentRunId, name, status
//   Progress: runId, step, metrics {key: last value as text}
//   Objective: runId "", points [[step, value as text], ...]: of a search, the whole learning curve
//   Log:      segments, bytes, droppedBytes
// The record does not rest on these: the bundle holds all of it. An operator that is away is told
// the newest state when it is back. One thread.

#include <cstdint>
#include <map>
#include <stop_token>
#include <string>

#include "net/http.h"
#include "recorder/notebook.h"
#include "recorder/record_key.h"
#include "recorder/settings.h"

namespace pedigree::recorder {

constexpr std::size_t events_per_call_max = 100;
constexpr std::size_t metrics_per_event_max = 100;
// Below what the operator takes in a call, by more than one run's events.
constexpr std::size_t event_bytes_max = 128 * 1024;

// What has been told. Pure: compares and lists what is new since.
class ProgressEvents {
  public:
    // Events since the last call of told(); the sequence continues.
    Json since(const Observations& seen, const std::string& time);
    void told();

  private:
    struct State {
        std::map<std::string, std::string> runs;           // id to status and name
        std::map<std::string, std::int64_t> metric_counts; // id to values seen
        std::int64_t objective_values = 0;
        std::int64_t segments = 0;
        std::int64_t sequence = 0;
    };
    State told_, next_;
};

class EventSender {
  public:
    struct Parts {
        net::Http& http;
        const Settings& settings;
        Notebook& notebook;
        RecordKey& key;
    };
    explicit EventSender(Parts parts) : parts_(parts) {}

    // Asks for the key first, whether there is news or not.
    Status send(std::stop_token stop);

  private:
    Parts parts_;
    ProgressEvents progress_;
};

} // namespace pedigree::recorder
