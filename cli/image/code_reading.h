#pragma once
// The code of an image for a command: out of a checkout of the user's, or fetched anonymously from
// where an Experiment or a provenance says it lies. Submodules are always fetched, anonymously.

#include <filesystem>
#include <stop_token>
#include <string>

#include "source/tree.h"

namespace pedigree::cli {

struct CodePlace {
    std::string folder; // a checkout or a bare repository; empty: the URL
    std::string url;
    std::string ref, commit; // one of them; the commit wins
    std::string subdirectory = ".";
    bool submodules = false; // Pinned; else refused
};

struct CodeAccess {
    std::filesystem::path scratch; // exists; a download goes below it
    std::string ca_pem;            // of https; empty: the system's
    std::stop_token stop;
};

Result<source::Snapshot> open_code(const CodePlace& place, const CodeAccess& access);

} // namespace pedigree::cli
