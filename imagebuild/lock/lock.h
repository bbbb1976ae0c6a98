#pragma once
// The lock, in one of two forms that the file's name decides: pylock.toml (PEP 751), or a
// requirements.txt in which every package is pinned with == and has at least one sha256 hash, as
// pip-compile --generate-hashes, uv export and pip --require-hashes know it. Nothing is resolved
// here and nothing fetched: where the files come from is the operator's configuration. Pure.
//
// Errors are InvalidInput with reason LockInvalid; the message lists the faults by code and line:
// E0122 no hash, E0123 not pinned to one version, E0124 one package twice, E0125 URL, VCS, folder
// or editable, E0126 option line (--index-url, -r ...), E0141 not what a lock holds.

#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"

namespace pedigree::imagebuild {

constexpr std::size_t lock_bytes_max = 4 * 1024 * 1024;
constexpr std::size_t lock_packages_max = 2000;

struct LockedPackage {
    std::string name;    // as written
    std::string version; // as written
    std::string marker;  // PEP 508, empty: always
    std::vector<Digest> hashes;
    int line = 0;
    std::string environment; // a marker that must hold where it is installed, empty: none
};

struct Lock {
    std::vector<LockedPackage> packages; // in the file's order
    Digest digest;                       // of the file's bytes
    std::string environment;             // a marker that the base must meet, empty: none
    std::vector<std::string> groups;     // dependency groups that markers take as chosen
};

// `file` is the name that errors show.
Result<Lock> parse_lock(std::string_view text, std::string_view file);

} // namespace pedigree::imagebuild
