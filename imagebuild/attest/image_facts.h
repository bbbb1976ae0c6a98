#pragma once
// What is told about an image in documents beside it, its SBOM (sbom.h) and its provenance
// (provenance.h). Both are functions of this value alone: nothing of the machine, the time or the
// order of builds goes in, so that two builders of one image write the same bytes.

#include <optional>
#include <string>
#include <vector>

#include "base/digest.h"
#include "imagebuild/inventory/inventory.h"
#include "imagebuild/wheel/licenses.h"
#include "pipeline/spec/image_reference.h"
#include "pipeline/spec/layer_form.h"

namespace pedigree::imagebuild {

struct UsedWheel {
    std::string name, version, file_name;
    Digest digest;
    Licenses licenses;
    std::optional<Digest> built_from = {}; // a source distribution; none: it is the index's own
};

struct UsedLock {
    std::string file; // relative to the subdirectory
    Digest digest;
};

struct CodeSubmodule {
    std::string path; // from the subdirectory
    std::string url;  // as in CodeSource
    std::string commit;
};

struct CodeSource {
    std::string url; // as asked; what could be a credential in it is never written
    std::string commit;
    std::string subdirectory = ".";
    std::string tree;                           // of the subdirectory
    std::vector<CodeSubmodule> submodules = {}; // that were laid into the code, by their paths
};

struct ImageFacts {
    std::string name; // HOST/REPOSITORY
    Digest image;
    spec::ImageReference base; // as asked
    Digest base_manifest;      // the platform's
    std::vector<InstalledDistribution> base_distributions;
    std::optional<UsedLock> lock;
    std::vector<UsedWheel> wheels; // in the lock's order
    CodeSource source;
    spec::LayerForm layer_form = spec::LayerForm::Gzip;
    std::string builder_version; // pedigree's
};

// "https://host/path", without user information, query and fragment; empty for what is no URL of
// http or https.
std::string public_url(const std::string& url);
// Package URLs (the purl specification), by which scanners know things.
std::string wheel_purl(const UsedWheel& wheel);
std::string distribution_purl(const InstalledDistribution& distribution);
std::string image_purl(const std::string& name, const Digest& digest);

} // namespace pedigree::imagebuild
