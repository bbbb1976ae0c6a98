#pragma once
// Bundle: texts under paths, as one .tar.gz that a person sends to somebody who helps. The same
// texts give the same bytes: paths in order, no times, no owners. `manifest.json` stands first and
// lists each file with its size and sha256, and what was left out, and why. Pure, but for zlib.

#include <map>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace pedigree::cli {

struct LeftOut {
    std::string what, why;
};

struct Bundle {
    std::map<std::string, std::string> files; // by path
    std::vector<LeftOut> left_out;
    std::string made_at, system_namespace, name_space; // for the manifest

    void add(const std::string& path, const Json& document);
};

// Takes credentials out of every file: where they stand by their look (struck.h), and these values
// wherever else they stand, as they are, in base64 and as in URLs (base/redaction.h).
void strike_credentials(Bundle& bundle);

// The manifest, in its envelope, as it stands in the archive.
Json bundle_manifest(const Bundle& bundle);
// The bytes of the archive; all paths lie below `folder`.
Result<std::string> archive_of(const Bundle& bundle, const std::string& folder);

} // namespace pedigree::cli
