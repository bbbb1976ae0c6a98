#pragma once
// Where the files of a wheel come to lie in the image, as an installer would put them (PyPA: binary
// distribution format, recording installed packages), planned without Python: .data spread, console
// scripts written, RECORD made anew, INSTALLER named, byte-code left out. Nothing is unpacked here;
// the layer writer copies. Paths have no '/' at the front.

#include <map>
#include <string>
#include <vector>

#include "imagebuild/layer/layer_writer.h"
#include "imagebuild/wheel/wheel.h"

namespace pedigree::imagebuild {

// The places of the base's Python.
struct InstallScheme {
    std::string site;        // "usr/local/lib/python3.11/dist-packages", purelib and platlib
    std::string scripts;     // "usr/local/bin"
    std::string headers;     // "usr/local/include/python3.11"
    std::string data;        // "usr/local"
    std::string interpreter; // "/usr/bin/python3"

    std::string text() const; // for layer keys
};

struct InstalledFile {
    unsigned mode = 0644;
    const ZipArchive* archive = nullptr; // with `member`, or both empty for `bytes`
    const ZipMember* member = nullptr;
    std::string bytes;
    Digest digest;
    std::string owner; // the wheel's distribution, for messages
};

using InstalledFiles = std::map<std::string, InstalledFile>; // by path, in the layer's order

struct InstalledWheel {
    InstalledFiles files;
    InstalledFiles scripts; // the generated wrappers: they go into a layer of their own
};

// The result points into the wheel.
Result<InstalledWheel> plan_install(const Wheel& wheel, const InstallScheme& scheme);

// Later files win.
void merge_files(InstalledFiles& into, InstalledFiles files);

} // namespace pedigree::imagebuild
