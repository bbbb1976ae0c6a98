#pragma once
// Where things lie in a training pod. operator/job mounts them; prepare, recorder and launcher use
// them. The training container sees /workspace (read and write), /pedigree and inputs (read only).

namespace pedigree::records::pod {

constexpr const char* workspace_directory = "/workspace";    // HOME, TMPDIR, working directory
constexpr const char* code_directory = "/opt/pedigree/code"; // in the image
constexpr const char* tools_directory = "/pedigree";         // launcher, parameters; by prepare
constexpr const char* launcher_path = "/pedigree/pedigree-launch";
constexpr const char* parameters_path = "/pedigree/parameters.json";
constexpr const char* inputs_directory = "/inputs";           // prepare and recorder only
constexpr const char* claims_directory = "/claims";           // + /<claim name>; prepare only
constexpr const char* credentials_directory = "/credentials"; // + /<secret name>/<key>
constexpr const char* journal_directory = "/journal";         // prepare and recorder only
constexpr const char* operator_token_path = "/var/run/secrets/pedigree.dev/token"; // recorder only
// Between launcher and recorder, below the workspace: log segments, report.json, drained.
constexpr const char* exchange_directory = "/workspace/.pedigree";
// Names below exchange_directory. Segments are written as NNNNNNN.part and renamed to NNNNNNN.out
// when complete; the recorder ships and removes those. `drained` is made by the recorder at its
// end.
constexpr const char* log_folder_name = "log";
constexpr const char* report_file_name = "report.json";
constexpr const char* drained_file_name = "drained";
constexpr int mlflow_port = 5000; // on 127.0.0.1 of the pod

} // namespace pedigree::records::pod
