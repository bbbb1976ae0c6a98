#pragma once
// Run: what is known of one W&B run, from what the SDK told its server (file_stream.h, answers.h)
// and from its .wandb file (run_file.h). Names, ids and texts are the script's: valid UTF-8,
// bounded by limits.h, else not to be trusted. Runs holds all of a pod, with what they may take
// together. Values; one thread at a time.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/json.h"
#include "base/words.h"
#include "trackers/metric_series.h"
#include "trackers/wandb/row.h"
#include "trackers/wandb/seen_rows.h"

namespace pedigree::trackers::wandb {

// As the script's SDK said it; whoever knows how the process ended knows better.
enum class State {
    Running,  // nothing was said of an end: also a run that was killed
    Finished, // complete, exit code 0
    Failed,   // complete, another exit code (255: interrupted by SIGINT)
};
Words<State> words_of(State);

// A file that was announced. Without bytes it has not come (yet).
struct File {
    std::string md5; // base64, as the SDK says it; "" if it does not
    std::optional<std::uint64_t> bytes;
    Digest sha256; // of what came
};

using Files = std::map<std::string, File, std::less<>>; // by name

// A step that comes again (a script that goes on from a checkpoint, a second writer of the same
// run) is no further value of its key: it is counted, and corrects the last value if it is of the
// last step. Steps are W&B's `_step`.
struct Series {
    MetricSeries values;
    std::int64_t repeated = 0;
};

using AllSeries = std::map<std::string, Series, std::less<>>; // by key

struct Artifact {
    std::string id; // ours
    std::string name;
    std::string type;
    std::string digest; // W&B's own, an MD5 of the manifest, in hexadecimal digits
    std::string client_id;
    std::string metadata; // JSON
    std::vector<std::string> aliases;
    std::int64_t version = 0; // of its name, within this pod
    bool committed = false;
    Files files;
    File manifest;
};

struct Run {
    std::string id;
    std::string project;
    std::string entity;
    std::string name; // shown
    std::string group;
    std::string job_type;
    std::string notes;
    std::string program;
    std::string commit; // WANDB_GIT_COMMIT
    std::string remote;
    std::string sdk_version;
    std::vector<std::string> tags;
    std::string config_text;  // JSON, {key: {"value": ..}}, with W&B's own "_wandb"
    std::string summary_text; // JSON of the SDK: NaN and Infinity may stand in it
    std::vector<std::string>
        links; // collections of a registry that an artifact was to be linked to
    std::int64_t alerts = 0;
    AllSeries metrics;
    AllSeries system;
    std::map<std::string, std::int64_t> media; // by kind
    std::vector<std::unique_ptr<Artifact>> artifacts;
    Files files;

    State state = State::Running;
    std::optional<std::int64_t> exit_code;
    bool preempting = false;
    std::int64_t resumes = 0; // how often a process took it up again
    std::optional<std::int64_t> last_step;
    double last_timestamp = 0;
    double last_runtime = 0;

    // Lines of the stream's files, as the SDK counts them.
    std::int64_t history_lines = 0;
    std::int64_t event_lines = 0;
    std::int64_t console_lines = 0;
    std::int64_t rows = 0;
    // What was counted and not kept; all 0 in a run that is whole.
    std::int64_t rows_again = 0;     // repeated pushes; no loss
    std::int64_t rows_from_file = 0; // that the stream had not brought; no loss
    std::int64_t rows_unreadable = 0;
    std::int64_t lines_missing = 0; // a push began behind what was there
    std::int64_t keys_left_out = 0;
    std::int64_t texts_left_out = 0;
    std::int64_t files_left_out = 0;
    std::int64_t artifacts_left_out = 0;
    std::int64_t calls_unreadable = 0;

    SeenRows seen;
    bool stop_wanted = false; // the script is told to stop when it next asks
};

// Takes part in what all runs may hold; see limits.h.
struct Room {
    std::size_t keys = 0;
    std::size_t points = 0; // of all metrics
    std::size_t text_bytes = 0;
    std::size_t artifacts = 0;
    std::size_t files = 0;
};

enum class Source { Stream, File };

class Runs {
  public:
    // The run of this project and id; made if it is new. Null: there are wandb_runs_max.
    Run* find_or_add(std::string_view project, std::string_view id);
    Run* find(std::string_view project, std::string_view id);
    const std::map<std::string, std::unique_ptr<Run>>& all() const { return runs_; }
    std::int64_t left_out() const { return left_out_; }

    // Whether a text of so many bytes fits in place of one of `before`; then it counts, else it is
    // counted as left out.
    bool take_text(Run& run, std::size_t before, std::size_t bytes);
    // Replaces a text by another if there is room; else it stays, and is counted.
    void keep_text(Run& run, std::string& place, std::string_view text);
    // The file of this name; made if it is new. Null: no room, counted.
    File* file(Run& run, Files& of, std::string_view name);
    // A new artifact of the run. Null: no room, counted.
    Artifact* add_artifact(Run& run);

    // A row of the history: false if it was known already.
    bool add_row(Run& run, const Row& row, Source source);
    // Of the system metrics: their steps are their lines.
    void add_system_row(Run& run, const Row& row, std::int64_t line);
    void end(Run& run, std::int64_t exit_code);
    // A process has taken the run up: it may send its rows from the start again.
    void begin(Run& run);

  private:
    Series* series(Run& run, AllSeries& of, std::string_view key);
    void add_value(Series& series, std::int64_t step, double value, Step known);

    std::map<std::string, std::unique_ptr<Run>> runs_; // by project and id
    Room used_;
    std::size_t series_points_ = series_points_max; // goes down by half when points are many
    std::int64_t left_out_ = 0;
};

// The script's configuration, key -> value; an empty object if there is none that can be read.
Json config_of(const Run& run);
// The summary without W&B's own "_wandb"; what is not finite as the words NaN, Infinity, -Infinity.
Json summary_of(const Run& run);
// As a document: for the record, and for tests.
Json run_json(const Run& run);

} // namespace pedigree::trackers::wandb
