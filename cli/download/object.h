#pragma once
// What `pedigree download` is asked for, as the read API knows it: one model, checkpoint or
// artifact of the record, and the files that it consists of. Pure but for the calls that read.

#include <cstdint>
#include <string>
#include <vector>

#include "artifacts/manifest.h"
#include "base/json.h"
#include "cli/app/cluster.h"

namespace pedigree::cli {

struct RemoteObject {
    std::string digest, name, kind, source, location;
    std::string experiment, pod_uid;
    std::int64_t trial = 0, attempt = 0;
    std::string asserted; // on whose word the record rests
    std::int64_t bytes = 0, file_count = 0;
    bool stored = false; // in the platform's artifact store, which is what can be downloaded
};

// A file with what the read API wants to hear to find it again; 0: nothing.
struct RemoteFile {
    artifacts::ManifestFile file;
    std::int64_t page = 0;
};

struct RemoteManifest {
    RemoteObject object;
    std::vector<RemoteFile> files; // sorted by path bytes
};

// "exp/NAME", "NAME", either with "/TRIAL", "sha256:HEX" or "attempt:UID". Of an Experiment its
// only model is meant, or if it made none its only artifact. InvalidInput: there are several; they
// are named. NotFound: there is none, or it lies elsewhere, which is said.
Result<RemoteObject> find_object(const Cluster& cluster, const std::string& subject);

// Corrupt: these files are not what the digest names. No path of them leads out of a folder.
Result<RemoteManifest> read_manifest_of(const Cluster& cluster, const RemoteObject& object);

// The path of the API server that gives the file's bytes from there on.
std::string bytes_path(const Cluster& cluster, const RemoteObject& object, const RemoteFile& file,
                       std::int64_t from);

// Those of the list that are meant; as find_object().
Result<RemoteObject> chosen_object(const Json& list, const std::string& subject);

} // namespace pedigree::cli
