#pragma once
// The files of a model or an artifact on their way from the read API into a folder. Bears that the
// server is away for a while (cli/experiment/patience.h) and goes on from where it broke off. On a
// terminal it says how far it is, when it takes longer than two seconds. One thread.

#include <cstdint>
#include <vector>

#include "cli/app/cluster.h"
#include "cli/app/terminal.h"
#include "cli/download/folder.h"
#include "cli/download/object.h"

namespace pedigree::cli {

struct Arrived {
    artifacts::ManifestFile file;
    bool written = false; // false: it was there already
};

// In the manifest's order. AlreadyExists names what stands in the way, before anything is fetched;
// Corrupt: bytes that are not the record's, of which nothing is kept. What is whole stays.
Result<std::vector<Arrived>> download_files(const RemoteManifest& manifest,
                                            const DownloadFolder& folder, Replace replace,
                                            const Cluster& cluster, Terminal& terminal);

} // namespace pedigree::cli
