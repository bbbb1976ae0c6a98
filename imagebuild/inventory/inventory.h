#pragma once
// What is known of a base image: its documents, its Python, and what that Python has installed.
// Made once per base (inventory_scan.h) and kept by the operator as JSON: who reads a base's
// layers, some gigabytes, never does so twice. All paths are without '/' at the front unless it is
// said; a folder's name stands for what it is after all symlinks. A value.

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "imagebuild/wheel/install.h"
#include "imagebuild/wheel/licenses.h"
#include "imagebuild/wheel/wheel_name.h"

namespace pedigree::imagebuild {

struct InstalledDistribution {
    std::string name, version;
    std::string site;                      // the folder it lies in, without '/' at the front
    std::vector<std::string> requirements; // Requires-Dist
    Licenses licenses;
};

struct BaseInventory {
    std::string manifest;     // of the platform, byte for byte
    std::string config;       // byte for byte
    std::string index_digest; // empty if the reference named the manifest itself

    bool scanned = false; // its layers were read; without that only the documents are known
    bool has_python = false;
    std::string closed_folder; // without Python: the folder whose mode hides the one there is
    TargetPython python;
    InstallScheme scheme;
    // Where each Python that a command may name has its packages, by the name on PATH ("python",
    // "python3.10") and by its path ("/usr/bin/python3").
    std::map<std::string, std::string> interpreter_sites;
    std::vector<InstalledDistribution> distributions;
    std::set<std::string> directories; // where wheels may lay files: these need no entry of ours
    // Symlinks there, and what they lead to: what is laid below one lies behind it.
    std::map<std::string, std::string> links;
    // What a command may start by its name, on the image's PATH; nothing: it cannot be told.
    std::optional<std::set<std::string>> programs;
    bool has_code = false; // at code_directory
};

// Where the code of our images lies.
constexpr std::string_view code_directory = "opt/pedigree/code";

// The one that the base's Python finds where wheels are laid, by normalised name; null: none. What
// the operating system's own packages bring lies behind it on the path and is shadowed.
const InstalledDistribution* installed_distribution(const BaseInventory& base,
                                                    std::string_view name);

// What of the base requires it, in sentences: "tensorflow 2.13.0 wants numpy<=1.24.3,>=1.22".
std::vector<std::string> wanted_by(const BaseInventory& base, std::string_view name);

constexpr int inventory_version = 4; // in the JSON; another one is read as "not known"

std::string inventory_text(const BaseInventory& inventory);
Result<BaseInventory> parse_inventory(std::string_view text);

} // namespace pedigree::imagebuild
