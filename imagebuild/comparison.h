#pragma once
// Two images by their documents, part by part: where builders who should agree do not. The parts
// are the layers from the bottom, named as the image's history names them, then the configuration
// and the manifest; of each the digest on both sides, empty where one has no such part. Equal parts
// are listed too, so that a reader sees what was compared. Pure. Errors: those of documents.h.

#include <string>
#include <vector>

#include "base/result.h"

namespace pedigree::imagebuild {

struct ImageText {
    std::string manifest, config; // byte for byte
};

struct ComparedPart {
    std::string name; // "layer of the base", "layer of wheels", "configuration", "manifest"
    std::string claimed, here; // digests; empty: the image has no such part

    bool same() const { return claimed == here; }
};

// The layers from the bottom, then configuration and manifest. A layer is named by the history of
// the image that is here.
Result<std::vector<ComparedPart>> compare_images(const ImageText& claimed, const ImageText& here);

} // namespace pedigree::imagebuild
