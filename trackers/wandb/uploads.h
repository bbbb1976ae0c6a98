#pragma once
// Where the files of runs and artifacts are sent: W&B's server answers with an address for each
// file, the SDK PUTs it there. Ours are below {base}/upload, so that the bytes pass the recorder,
// which hashes and stores them:
//
//     /upload/run/{project}/{run}/{file}       /upload/artifact/{number}/{file}
//     /upload/manifest/{number}                /upload/none
//
// with the parts percent-encoded, slashes of the file's name kept. A name that could leave its
// folder gets the last one: the bytes are taken and dropped, the SDK goes on. Pure.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pedigree::trackers::wandb {

struct Upload {
    enum class Of { Run, Artifact, Manifest, None };
    Of of = Of::None;
    std::string project; // of a run
    std::string run;
    std::size_t number = 0; // of an artifact
    std::string file;       // passed is_file_name()

    // The path below {base}, "/upload/..".
    std::string path() const;
    // A relative path below which it may be stored: runs/{project}/{run}/{file},
    // artifacts/{number}/{file}, artifacts/{number}.manifest.json; "" for None.
    std::string place() const;
};

// Relative, with no empty part, "." or "..", no control character, at most wandb_name_bytes_max.
bool is_file_name(std::string_view name);
// One part of a path, as W&B's ids are.
bool is_id(std::string_view text);

Upload run_upload(std::string_view project, std::string_view run, std::string_view file);
Upload artifact_upload(std::size_t number, std::string_view file);
Upload manifest_upload(std::size_t number);

// Nothing: no path of an upload. One that is not as we made it is None.
std::optional<Upload> read_upload(std::string_view path);

} // namespace pedigree::trackers::wandb
