#pragma once
// Book: what the endpoint remembers of one pod: projects, tasks (ClearML's word for a run), models,
// and the files that were sent. What a script sets in them is kept as it said it, a JSON text for
// each field, and told back as it is: the SDK reads a task before it changes a part of it. The same
// calls in the same order give the same ids, so that a recorder that starts again comes to the same
// book by going through its spool. Values; one thread at a time.

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
#include "trackers/clearml/series.h"

namespace pedigree::trackers::clearml {

struct Settings {
    // As the pod sees us, without a last slash; the API is below /api, the files below /files.
    std::string base_url = "http://127.0.0.1:5000/clearml";
    std::string user = "pedigree";
    std::string seed; // of the ids: the pod's uid, so that no two pods have the same
};

// As ClearML's API has it.
enum class TaskStatus { Created, InProgress, Stopped, Completed, Failed, Published };
Words<TaskStatus> words_of(TaskStatus);

using Fields = std::map<std::string, std::string, std::less<>>; // name -> JSON text

struct File {
    std::uint64_t bytes = 0;
    Digest sha256;
};

// Announced by the script; its file comes before or after that, or not at all.
struct Artifact {
    std::string type;
    std::string uri;      // as the script saw it
    std::string hash;     // SHA-256 in hexadecimal digits, as the SDK says it
    std::string text;     // the whole entry, JSON
    bool deleted = false; // by the script: it is not told of it any more
    std::int64_t bytes = 0;
};

using AllSeries = std::map<std::string, Series, std::less<>>; // by "title/series"

struct Task {
    std::string id;
    std::string project; // its id
    // name, type, tags, comment, script, hyperparams, configuration, runtime, models ..
    Fields fields;
    bool prepared = false; // made before the script ran, for CLEARML_TASK_ID
    bool deleted = false;  // by the script: it is not told of any more, the record keeps it

    TaskStatus status = TaskStatus::Created;
    std::string status_reason;
    std::string status_message;
    std::string created, started, completed; // RFC 3339
    bool stop_wanted = false;                // the script is told to stop when it next asks

    std::int64_t values = 0; // of its metrics, as they came
    AllSeries metrics;
    AllSeries system;                           // of the machine: titles ":monitor:.."
    std::map<std::string, std::int64_t> logged; // plots, debug images, vectors
    std::optional<std::int64_t> last_iteration;
    std::int64_t console_lines = 0;
    std::map<std::string, Artifact, std::less<>> artifacts; // by key
    std::int64_t resets = 0;

    // What was counted and not kept; all 0 in a task that is whole.
    std::int64_t events_unreadable = 0;
    std::int64_t keys_left_out = 0;
    std::int64_t texts_left_out = 0;
    std::int64_t artifacts_left_out = 0;
};

struct Model {
    std::string id;
    Fields fields; // name, uri, framework, tags, labels, design, task, ready, metadata ..
};

struct Project {
    std::string id;
    std::string name;
};

struct Book {
    Settings settings;
    std::map<std::string, Project, std::less<>> projects; // each by its id
    std::map<std::string, std::unique_ptr<Task>, std::less<>> tasks;
    std::map<std::string, Model, std::less<>> models;
    std::map<std::string, File, std::less<>> files; // by path below {base}/files
    std::string now;                                // RFC 3339, of the call that is being answered

    // What was not kept, of no task that is known.
    std::int64_t events_of_no_task = 0;
    std::int64_t calls_unreadable = 0;
    std::int64_t files_left_out = 0;

    Task* task(std::string_view id);
    std::string task_project_name(const Task& task) const;
    // TooLarge: there are as many as a pod may have.
    Result<Task*> add_task(std::string id = "");
    Result<Model*> add_model();
    // The project of this name; made if it is new.
    Result<Project*> project_named(std::string_view name);
    // Sets a field if there is room for its text, else it stays and is counted.
    void set(Task& task, std::string_view name, const Json& value);
    // False: no room.
    bool set(Fields& fields, std::string_view name, std::string text);
    bool add_artifact(Task& task, std::string key, Artifact artifact);
    void add_value(Task& task, AllSeries& of, std::string_view key, std::int64_t step,
                   double value);
    void file_came(std::string_view path, File file);
    // Whether a file that comes under this path stands in the record.
    bool has_room_for(std::string_view path) const;

  private:
    std::string new_id(std::string_view kind);
    void share_points();

    std::size_t ids_ = 0;
    std::size_t keys_ = 0;
    std::size_t points_ = 0;
    std::size_t points_each_ = series_points_max;
    std::size_t text_bytes_ = 0;
    std::size_t artifacts_ = 0;
};

// A field as a value; null where it is not set.
Json field(const Fields& fields, std::string_view name);
std::string text_of(const Fields& fields, std::string_view name);

} // namespace pedigree::trackers::clearml
