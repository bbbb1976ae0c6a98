#pragma once
// What operator and worker say to each other over the unix socket: one request a connection, as a
// line of JSON; answered by any number of progress lines and one result line. Limits and framing
// stand in docs/architecture.md. Inputs name credentials by value: the socket is an emptyDir inside
// the operator's pod, and each child gets only those of its own request.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/digest.h"
#include "base/failure_class.h"
#include "base/json.h"
#include "base/metric_value.h"
#include "base/secret.h"
#include "base/words.h"

namespace pedigree::records::work {

constexpr std::size_t line_bytes_max = 32 * 1024 * 1024;

enum class WorkKind {
    ResolveSource,
    BuildImage,
    OpenTracker,
    CloseTracker,
    FetchObject,
    PutObject
};
Words<WorkKind> words_of(WorkKind);

// Which addresses a child may connect to: CIDRs that are allowed although they are loopback,
// link-local, service or node networks (all others of those are refused), checked on the connected
// address.
struct Egress {
    std::vector<std::string> allowed_networks; // "10.88.0.1/32"
    std::vector<std::string> refused_networks; // service and node CIDRs
};

struct BasicCredential {
    std::string username;
    Secret password;
};

struct GitSource {
    std::string url;    // https:// or ssh://
    std::string ref;    // branch or tag; empty if commit is given
    std::string commit; // 40 hex; empty if ref is given
    std::string subdirectory = ".";
    std::optional<BasicCredential> credential; // https; a token has username "" -> "oauth2"
    std::string ca_pem;
    Secret ssh_private_key;  // ssh, as is known_hosts
    std::string known_hosts; // lines of OpenSSH's file; the host is trusted by these alone
    bool submodules = false; // fetched at the commits that the tree names; else refused
    // Submodules' hosts that get the credential or the key: a Secret's annotation
    // pedigree.dev/hosts.
    std::string secret_hosts;
};

struct ResolveSourceInput {
    GitSource git;
    std::string lock_file; // relative to the subdirectory; empty for prebuilt images
};
struct ResolveSourceOutcome {
    std::string commit;      // 40 hex
    std::string tree;        // of the subdirectory, 40 hex
    std::string lock_digest; // sha256:... of the lock file's bytes; empty without one
    std::vector<std::string> wheel_digests; // the lock's hashes, sha256:...
    std::string author, committer, subject; // erasable
    std::string committed_at;
    std::string signature; // openpgp, ssh, x509 or unknown, never verified; empty: unsigned
    std::vector<std::string> missing; // sentences: files of which the tree has no bytes
};

struct Registry {
    std::string host;       // "registry.dev.svc:5000"
    std::string repository; // prefix/namespace
    std::optional<BasicCredential> credential;
    bool plain_http = false;
};

struct KnownLayer {
    std::string digest, diff_id;
    std::int64_t bytes = 0;
    std::string toc_digest = {}; // of an eStargz
};

// A wheel that was built from a source distribution, by whose digest it is known.
struct DerivedWheel {
    std::string file_name;
    Digest digest;
    std::int64_t bytes = 0;
    std::string content; // base64, fresh from the pod that built it; else it is in the repository
    bool image_unread = false; // which image that pod ran is not known
};
// A source distribution for which a wheel has to be built first.
struct SourceDistribution {
    std::string name, version, file_name;
    Digest digest;
    std::string url;
};

struct BuildImageInput {
    GitSource git; // commit is set
    std::string tree;
    std::string lock_file;
    std::string base;                          // reference with digest
    std::optional<Secret> pull_config;         // a dockerconfigjson document
    std::vector<std::string> plain_http_hosts; // registries without TLS
    std::string prebuilt;                      // reference with digest, instead of base + lock_file
    bool as_is = false;                        // prebuilt: nothing is laid on top
    Registry push;
    std::string index_url; // PEP 503 or 691
    std::string ca_pem;
    std::map<std::string, KnownLayer> known_layers; // by layer key
    std::optional<std::string> base_inventory;      // JSON, as an earlier outcome gave it
    std::string wheel_plan; // as an earlier outcome for this base and lock gave it, or empty
    std::map<std::string, DerivedWheel> derived_wheels; // by the source distribution's digest
    std::string layer_form = "Gzip";                    // or Estargz
    std::string program;                                // the command's first word
    bool look_for_program = false; // in the base's layers, though no lock needs them
};
struct BuiltWheel {
    std::string name, version, file_name, digest;
    std::string built_from = {}; // the source distribution's digest; "": it is the index's own
};
struct BuildImageOutcome {
    std::vector<SourceDistribution> unbuilt; // not empty: these are needed first, there is no image
    std::map<std::string, DerivedWheel> derived_wheels; // that were used; without content
    std::string image;                                  // host/repository@sha256:...
    std::string image_digest;
    std::string config_digest;     // of the image for our platform
    std::string base_digest;       // the platform manifest's
    std::string base_index_digest; // empty if the base is no index
    std::vector<BuiltWheel> wheels;
    std::map<std::string, KnownLayer> layers; // all layers of ours by key, to be remembered
    std::string base_inventory;
    std::string lock_digest, wheel_plan; // empty without a lock
    // Of the artifact manifests beside the image; empty: there are none.
    std::string sbom, provenance;
    bool already_there = false; // the manifest stood in the registry before we began
    std::int64_t uploaded_bytes = 0;
    std::vector<std::string> warnings;
};

struct TrackerTarget {
    std::string url;
    std::optional<BasicCredential> basic;
    Secret token;
    std::string ca_pem;
};
// Finds or makes the parent run of an Experiment: idempotent by its tag pedigree.experiment.
struct OpenTrackerInput {
    TrackerTarget target;
    std::string experiment_name;
    std::string experiment_uid;
    std::string run_name;
    std::map<std::string, std::string> tags;
    std::map<std::string, std::string> parameters;
    std::string config_json; // stored as config.json beside the run
};
struct OpenTrackerOutcome {
    std::string experiment_id;
    std::string parent_run_id;
    std::string server_version;
};
// Tells the tracker the truth about the runs of an attempt, or (attempt_uid empty) of the parent.
struct CloseTrackerInput {
    TrackerTarget target;
    std::string experiment_uid;
    std::string attempt_uid;
    std::string parent_run_id;
    std::string status;                      // FINISHED, FAILED, KILLED
    std::map<std::string, std::string> tags; // pedigree.exit_code, pedigree.reason ...
};
struct TrackerRun {
    std::string run_id, experiment_id, parent_run_id, name, status, artifact_uri;
    std::map<std::string, MetricValue> metrics; // the last values
    std::vector<std::string> logged_models;     // ids "m-..."
};
struct CloseTrackerOutcome {
    std::vector<TrackerRun> runs;
    std::int64_t repaired = 0;
};

// A small object of our artifact store: bundles, log segments.
struct FetchObjectInput {
    std::string endpoint, region, bucket, key;
    std::string access_key_id;
    Secret secret_access_key;
    std::string digest; // checked if not empty
    std::int64_t bytes_max = 16 * 1024 * 1024;
};
struct FetchObjectOutcome {
    std::string bytes;
};

// A small object of the platform's own, written over what is there.
struct PutObjectInput {
    FetchObjectInput place; // without digest and bound
    std::string bytes;
};
struct PutObjectOutcome {};

// What is being done now, in words, and how many of its kind are finished; total 0 if unknown.
struct Progress {
    std::string stage, message;
    std::int64_t done = 0, total = 0;
};

// For people: "Fetching wheel numpy 1.24.3 (13 of 63)".
std::string sentence(const Progress& progress);

Json to_json(const ResolveSourceInput&);
Json to_json(const ResolveSourceOutcome&);
Json to_json(const BuildImageInput&);
Json to_json(const BuildImageOutcome&);
Json to_json(const OpenTrackerInput&);
Json to_json(const OpenTrackerOutcome&);
Json to_json(const CloseTrackerInput&);
Json to_json(const CloseTrackerOutcome&);
Json to_json(const FetchObjectInput&);
Json to_json(const FetchObjectOutcome&);
Json to_json(const PutObjectInput&);
Json to_json(const PutObjectOutcome&);
Json to_json(const Progress&);
Result<ResolveSourceInput> resolve_source_input_from(const Json&);
Result<ResolveSourceOutcome> resolve_source_outcome_from(const Json&);
Result<BuildImageInput> build_image_input_from(const Json&);
Result<BuildImageOutcome> build_image_outcome_from(const Json&);
Result<OpenTrackerInput> open_tracker_input_from(const Json&);
Result<OpenTrackerOutcome> open_tracker_outcome_from(const Json&);
Result<CloseTrackerInput> close_tracker_input_from(const Json&);
Result<CloseTrackerOutcome> close_tracker_outcome_from(const Json&);
Result<FetchObjectInput> fetch_object_input_from(const Json&);
Result<FetchObjectOutcome> fetch_object_outcome_from(const Json&);
Result<PutObjectInput> put_object_input_from(const Json&);
Result<PutObjectOutcome> put_object_outcome_from(const Json&);
Result<Progress> progress_from(const Json&);

// A failed piece of work, classified by the worker in the words of a failure class
// (Configuration: nobody but the user can mend it; Infrastructure: again later).
struct WorkFailure {
    FailureClass failure_class = FailureClass::Infrastructure; // or Configuration
    std::string reason; // CamelCase: "CommitNotFound", "LockConflict", "WheelHashMismatch" ...
    std::string message;
    // Of Infrastructure: nobody can tell whether another try helps (a bug, ours or a library's).
    bool doubtful = false;
    bool died = false; // the process that did it died by a signal
};

// Frames: {"kind","id","deadlineSeconds","egress":{...},"input":{...}}; {"progress":{...}};
// {"outcome":{...}} or {"failure":{"class","reason","message","doubtful","died"}}.
struct WorkRequest {
    WorkKind kind = WorkKind::ResolveSource;
    std::string id;
    std::int64_t deadline_seconds = 600;
    Egress egress;
};
std::string encode_request(const WorkRequest& request, const Json& input);
Json to_json(const WorkRequest& request); // without the input
Result<WorkRequest> request_from(const Json& frame);
// Lines end with a line feed.
std::string encode_progress(const Progress& progress);
std::string encode_outcome(const Json& outcome);
std::string encode_failure(const WorkFailure& failure);

// One line of an answer: exactly one of the three is set. `outcome` is the JSON text for the
// *_outcome_from of the request's kind.
struct Answer {
    std::optional<Progress> progress;
    std::optional<std::string> outcome;
    std::optional<WorkFailure> failure;
};
Result<Answer> decode_answer(std::string_view line);

} // namespace pedigree::records::work
