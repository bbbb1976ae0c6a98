#pragma once
// Where things lie in a training pod. experiment/job mounts them; prepare, recorder and launcher
// use them. The training container sees /workspace and the folders beside it (read and write),
// /pedigree and inputs (read only). One volume, of resources.scratch, holds its four writable
// folders, which prepare makes: nothing of ours lies in the working directory, so a script may copy
// or log "." as a whole.

namespace pedigree::records::pod {

constexpr const char* workspace_directory = "/workspace";          // the working directory
constexpr const char* home_directory = "/opt/pedigree/home";       // HOME
constexpr const char* temporary_directory = "/opt/pedigree/tmp";   // TMPDIR
constexpr const char* scratch_directory = "/opt/pedigree/scratch"; // the volume; prepare only
// Its folders.
constexpr const char* work_folder = "work";
constexpr const char* home_folder = "home";
constexpr const char* temporary_folder = "tmp";
constexpr const char* exchange_folder = "exchange";
constexpr const char* code_directory = "/opt/pedigree/code"; // in the image
constexpr const char* tools_directory = "/pedigree";         // launcher, parameters; by prepare
constexpr const char* launcher_path = "/pedigree/pedigree-launch";
constexpr const char* parameters_path = "/pedigree/parameters.json";
// Laid over the image's, which does not know the pod's user: scripts ask who they are.
constexpr const char* passwd_path = "/etc/passwd";
constexpr const char* passwd_file_name = "passwd";                // below tools_directory
constexpr const char* configuration_directory = "/configuration"; // of all three containers
constexpr const char* configuration_file_name = "pod.json";
constexpr const char* configuration_path = "/configuration/pod.json";
constexpr const char* inputs_directory = "/inputs";           // prepare and recorder only
constexpr const char* claims_directory = "/claims";           // + /<claim name>; prepare only
constexpr const char* credentials_directory = "/credentials"; // + /<secret name>/<key>
constexpr const char* journal_directory = "/journal";         // prepare and recorder only
constexpr const char* operator_token_path = "/var/run/secrets/pedigree.dev/token"; // recorder only
// Between launcher and recorder: log segments, report.json, draining, drained.
constexpr const char* exchange_directory = "/opt/pedigree/exchange";
// Names below exchange_directory. Segments are written as NNNNNNN.part and renamed to NNNNNNN.out
// when complete; the recorder ships and removes those. `drained` is made by the recorder at its
// end.
constexpr const char* log_folder_name = "log";
constexpr const char* report_file_name = "report.json";
constexpr const char* drained_file_name = "drained";
constexpr const char* draining_file_name = "draining"; // made anew while the record gets on
constexpr int recorder_port = 5000;                    // on 127.0.0.1 of the pod

} // namespace pedigree::records::pod
