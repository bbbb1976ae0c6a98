#pragma once
// What each command was asked for, and the commands themselves: one `perform` each, in the .cpp
// of its name. They write data to terminal.out and everything else to terminal.err, and give the
// process's exit code; an Error is printed by the caller (cli/app/report.h).

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <variant>
#include <vector>

#include "cli/app/cluster.h"
#include "cli/app/exit_code.h"
#include "cli/app/terminal.h"
#include "cli/experiment/execution.h"

namespace pedigree::cli {

enum class Format { Table, Wide, Json, Yaml, Name, Dot, Csv };
enum class Follow { No, Yes };

// pedigree run: creates the next execution.
struct RunOptions {
    std::string file; // "-": standard input
    ExecutionChanges changes;
    bool dirty = false; // the code of the current folder as it is (cli/experiment/snapshot.h)
    Follow follow = Follow::No;
    Format format = Format::Name;
};
Result<ExitCode> perform(const RunOptions& options, const Cluster& cluster, Terminal& terminal);

// pedigree get: lists Experiments.
struct GetOptions {
    std::vector<std::string> names; // empty: all
    bool all_namespaces = false;
    std::string project;
    std::string selector;
    Format format = Format::Table;
};
Result<ExitCode> perform(const GetOptions& options, const Cluster& cluster, Terminal& terminal);

// pedigree wait: returns when all named Experiments are as asked; its exit code is their result.
struct WaitOptions {
    std::vector<std::string> names;
    std::string what = "condition=Finished"; // condition=TYPE[=STATUS], phase=WORD, delete
    std::chrono::milliseconds timeout{0};    // 0: no limit
};
Result<ExitCode> perform(const WaitOptions& options, const Cluster& cluster, Terminal& terminal);

// pedigree trace: where something comes from, and what came from it.
struct TraceOptions {
    std::string subject; // exp/NAME, a file or folder, sha256:..., image:..., commit:..., run:ID
    std::optional<std::int64_t> as_of; // position in the ledger
    Format format = Format::Table;
};
Result<ExitCode> perform(const TraceOptions& options, const Cluster& cluster, Terminal& terminal);

// pedigree find: the models of a project.
struct FindOptions {
    std::string project;
    Format format = Format::Table;
};
Result<ExitCode> perform(const FindOptions& options, const Cluster& cluster, Terminal& terminal);

// pedigree trials: the trials of an Experiment's search.
struct TrialsOptions {
    std::string name;
    std::vector<std::string> filters; // cli/trials/choice.h
    std::string sort = "trial";
    std::int64_t limit = 0; // 0: all
    bool all_parameters = false;
    bool importance = false; // how much each parameter matters, instead of the trials
    Format format = Format::Table;
};
Result<ExitCode> perform(const TrialsOptions& options, const Cluster& cluster, Terminal& terminal);

// pedigree compare: what differs.
struct CompareOptions {
    std::vector<std::string> subjects; // exp/NAME, NAME/TRIAL, sha256:..., a folder
    bool all = false;                  // also what is the same
    Format format = Format::Table;
};
Result<ExitCode> perform(const CompareOptions& options, const Cluster& cluster, Terminal& terminal);

// pedigree lint: what is wrong with a document, without a cluster.
struct LintOptions {
    std::vector<std::string> files; // "-": standard input
};
Result<ExitCode> perform(const LintOptions& options, Terminal& terminal);

// pedigree logs: what the training container printed, as long as the record does.
struct LogsOptions {
    std::string name; // empty with latest
    bool latest = false;
    Follow follow = Follow::No;
    std::int64_t trial = 0;   // of a search; 0: that of the youngest pod
    std::int64_t attempt = 0; // 0: the last one; with follow, that one and those after it
};
Result<ExitCode> perform(const LogsOptions& options, const Cluster& cluster, Terminal& terminal);

// pedigree describe: one Experiment for a person, with its events.
struct DescribeOptions {
    std::string name;
};
Result<ExitCode> perform(const DescribeOptions& options, const Cluster& cluster,
                         Terminal& terminal);

// pedigree search: a search without a cluster (docs/spec/search.md).
enum class SearchAction { Serve, Explain, Predict, Simulate, Export };
struct SearchOptions {
    SearchAction action = SearchAction::Serve;
    std::string file;
    std::optional<std::int64_t> seed;    // wins over the file's
    std::string history;                 // Serve: empty keeps none; Explain and Predict need it
    std::vector<std::string> earlier;    // histories of earlier searches, or folders of them
    std::vector<std::string> parameters; // Predict: NAME=VALUE
    Format format = Format::Table;       // Predict
};
Result<ExitCode> perform(const SearchOptions& options, Terminal& terminal);

// pedigree verify: builds an image again and compares (cli/image/verify.h).
struct VerifyOptions {
    std::string subject;    // image:HOST/REPOSITORY@sha256:...
    std::string source;     // a checkout; empty: the URL that the provenance names
    std::string wheels;     // a folder of wheels; empty: from the index alone
    std::string index;      // a package index; empty: from the folder alone
    std::string provenance; // sha256:... of its artifact manifest; empty: as the registry lists it
    std::string ca_file;    // empty: the system's
    std::vector<std::string> plain_http_hosts;
    Format format = Format::Table;
};
Result<ExitCode> perform(const VerifyOptions& options, std::stop_token stop, Terminal& terminal);

// pedigree lock: pins what goes on top of a base (cli/image/lock.h).
struct LockOptions {
    std::string requirements; // a file, as pip install -r takes it
    std::string base;         // HOST/REPOSITORY@sha256:...
    std::string output;       // empty: the lock itself on standard output
    std::string python;       // whose pip resolves; empty: the base's release on PATH, or python3
    std::string ca_file;      // empty: the system's
    std::vector<std::string> plain_http_hosts;
    Format format = Format::Table; // of what is said about a lock that went to a file
};
Result<ExitCode> perform(const LockOptions& options, std::stop_token stop, Terminal& terminal);

// pedigree plan: what building an Experiment's image would make (cli/image/plan.h).
struct PlanOptions {
    std::string file;    // "-": standard input
    std::string commit;  // 40 hex; instead of the source's ref
    std::string against; // an image, or "base"; empty: the last image of the project
    std::string source;  // a checkout; empty: the URL of the document
    std::string index;   // a package index, asked for wheels when the packages change
    std::string ca_file; // empty: the system's
    std::vector<std::string> plain_http_hosts;
    Format format = Format::Table;
};
// The image of the youngest Experiment of the project that has one, by digest; empty: none has.
using LastImage = std::function<Result<std::string>(const std::string& project)>;
Result<std::string> last_image(const std::string& project, const Cluster& cluster);
Result<ExitCode> perform(const PlanOptions& options, const LastImage& last_image,
                         std::stop_token stop, Terminal& terminal);

struct VersionOptions {
    Format format = Format::Table;
};
Result<ExitCode> perform(const VersionOptions& options, Terminal& terminal);

// pedigree completion: a script for a shell.
struct CompletionOptions {
    std::string shell; // bash, zsh, fish
};
Result<ExitCode> perform(const CompletionOptions& options, Terminal& terminal);

// pedigree __complete: asked by those scripts; the last word is the one being typed.
struct CompleteOptions {
    std::vector<std::string> words;
};

using Command = std::variant<RunOptions, GetOptions, WaitOptions, TraceOptions, FindOptions,
                             TrialsOptions, CompareOptions, LintOptions, LogsOptions,
                             DescribeOptions, SearchOptions, VerifyOptions, LockOptions,
                             PlanOptions, VersionOptions, CompletionOptions, CompleteOptions>;

} // namespace pedigree::cli
