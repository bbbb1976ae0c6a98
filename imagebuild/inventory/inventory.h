#pragma once
// What is known of a base image: its documents, its Python, and what that Python has installed.
// Made once per base (inventory_scan.h) and kept by the operator as JSON; a value.

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
    TargetPython python;
    InstallScheme scheme;
    std::vector<InstalledDistribution> distributions;
    std::set<std::string> directories; // where wheels may lay files: these need no entry of ours
};

// The one that the base's Python finds where wheels are laid, by normalised name; null: none. What
// the operating system's own packages bring lies behind it on the path and is shadowed.
const InstalledDistribution* installed_distribution(const BaseInventory& base,
                                                    std::string_view name);

// What of the base requires it, in sentences: "tensorflow 2.13.0 wants numpy<=1.24.3,>=1.22".
std::vector<std::string> wanted_by(const BaseInventory& base, std::string_view name);

constexpr int inventory_version = 2; // in the JSON; another one is read as "not known"

std::string inventory_text(const BaseInventory& inventory);
Result<BaseInventory> parse_inventory(std::string_view text);

} // namespace pedigree::imagebuild
