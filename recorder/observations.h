#pragma once
// Observations: everything the recorder has seen, as a value that grows by notes. A note is a small
// JSON object with a "note" word; applying the same notes in order to an empty value gives the same
// observations, which is how a restarted recorder remembers (recorder/notebook.h). Pure.

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "recorder/learning_curve.h"
#include "records/pod/bundle.h"

namespace pedigree::recorder {

constexpr std::size_t runs_max = 10000;
constexpr std::size_t metric_keys_per_run_max = 10000;
constexpr std::size_t uploads_max = 100000;
constexpr std::size_t gaps_max = 100;
constexpr std::size_t experiments_max = 1000;
constexpr std::size_t fields_left_out_max = 50;
// Of all runs together, so that the recorder holds what it may see in its share of memory.
constexpr std::size_t metric_keys_max = 50000;
constexpr std::size_t parameter_bytes_in_all_max = 16 * 1024 * 1024;

struct SeenRun {
    records::pod::ObservedRun run;
    std::string artifact_root; // path below the server's artifact proxy; "" if not proxied
    std::int64_t start_ms = 0;
    bool touched = false; // written to, but begun by another attempt of the Experiment
};

struct SeenModel { // a logged model of MLflow 3
    std::string name;
    std::string run_id;
    std::string artifact_root;
};

struct SeenUpload {
    std::string digest;
    std::int64_t bytes = 0;
};

struct Observations {
    std::string started_at; // of the recorder's first life
    std::vector<records::pod::ObservedInput> inputs;
    std::map<std::string, SeenRun> runs;
    LearningCurve objective; // of a search; empty without one
    // What a script wrote to files, by tracker and id, without points: apart from what passed us,
    // since whoever names a folder like a run of a server must not own that run. Not in as_notes().
    std::map<std::pair<std::string, std::string>, SeenRun> followed;
    LearningCurve followed_objective;
    std::map<std::string, SeenModel> models;
    std::map<std::string, SeenUpload> uploads; // by path below the artifact proxy
    std::set<std::string> experiments;         // that this pod created
    std::set<std::string> fields_left_out;     // "runs/log-batch metrics[].x", of unknown fields
    std::size_t metric_keys = 0, parameter_bytes = 0;
    std::vector<records::pod::ObservedGap> gaps;
    std::map<std::string, std::int64_t> counters;
    records::pod::ObservedLog log;
    std::int64_t last_segment = 0;

    void apply(const Json& note);
    // Notes that build this value from an empty one.
    std::vector<Json> as_notes() const;

    // Of the calls, if they had any; else of the files.
    const LearningCurve& curve() const {
        return objective.values_seen > 0 ? objective : followed_objective;
    }
    // The run or model below whose root an artifact path lies; "" for nobody's.
    std::string owner_of(const std::string& artifact_path) const;
};

Json run_note(const SeenRun& run);
Json model_note(const std::string& model_id, const SeenModel& model);
Json upload_note(const std::string& path, const SeenUpload& upload);
Json experiment_note(const std::string& id);
Json left_out_note(const std::string& call, const std::string& field);
Json gap_note(const std::string& kind, const std::string& sentence);
Json count_note(const std::string& counter, std::int64_t by = 1);
Json segment_note(std::int64_t number, std::int64_t bytes, std::int64_t dropped_bytes);
Json input_note(const records::pod::ObservedInput& input);

// Merges what was seen of one key in one request, or in an earlier life, into `into`.
void merge_metric(records::pod::ObservedMetric& into, const records::pod::ObservedMetric& more);
Json metric_json(const records::pod::ObservedMetric& metric);

} // namespace pedigree::recorder
