#pragma once
// pedigree lock: from requirements to a lock for one base image. What the base ships goes into the
// resolution as it is and is left out of the lock; the rest is pinned by version and sha256. pip
// resolves (cli/image/pip.h); what comes out is read as a build reads it before it is given out.

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "cli/app/format.h"
#include "cli/app/terminal.h"
#include "cli/image/pip_answer.h"
#include "cli/image/registry_access.h"
#include "imagebuild/inventory/inventory.h"

namespace pedigree::cli {

struct LockOptions {
    std::string requirements; // a file, as pip install -r takes it
    std::string base;         // HOST/REPOSITORY@sha256:...
    std::string output;       // empty: the lock itself on standard output
    std::string python;       // whose pip resolves; empty: the base's release on PATH, or python3
    std::string ca_file;      // empty: the system's
    std::vector<std::string> plain_http_hosts;
    Format format = Format::Table; // of what is said about a lock that went to a file
};

// What making a lock needs of the world outside, so that a test hands in its own.
struct LockPlaces {
    RegistryAccess registries;
    std::filesystem::path scratch; // exists, is empty, and is removed by the caller
    std::filesystem::path cache;   // empty: nothing is kept
    std::map<std::string, std::string> environment;
};

struct NewLock {
    imagebuild::BaseInventory base;
    std::vector<ResolvedFile> files;   // by normalised name
    std::vector<ResolvedFile> of_base; // wanted, and left to the base; without files
};

// InvalidInput: LockConflict, NoFittingWheel, BaseRefused, LockInvalid. NotFound: no file, no
// image, no Python, no pip.
Result<NewLock> make_lock(const LockOptions& options, const LockPlaces& places, Terminal& terminal);

bool is_source(const ResolvedFile& file); // a source distribution, no wheel

// The lock itself; the same inputs give the same bytes.
std::string lock_text(const NewLock& lock, const LockOptions& options);

// For a person: a table and a sentence; for scripts: the document of docs/cli/lock.md.
std::string lock_table(const NewLock& lock, const LockOptions& options, bool in_colour);
Json lock_json(const NewLock& lock, const LockOptions& options);

} // namespace pedigree::cli
