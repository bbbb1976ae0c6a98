#pragma once
// A wheel (PyPA: binary distribution format) opened for installing: its ZIP, the tables of its
// .dist-info folder, and the proof that both agree. Nothing is run. One thread at a time.
//
// Errors are Corrupt or InvalidInput with reason WheelRefused and name the wheel's file.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/digest.h"
#include "imagebuild/archive/zip.h"
#include "imagebuild/wheel/licenses.h"
#include "imagebuild/wheel/wheel_name.h"

namespace pedigree::imagebuild {

struct RecordedFile {
    Digest digest;
    std::uint64_t bytes = 0;
};

struct EntryPoint {
    std::string name;      // of the script
    std::string module;    // "mlflow.cli"
    std::string attribute; // "cli", may be dotted
};

struct Wheel {
    std::string file_name;
    Digest digest;
    std::uint64_t bytes = 0;
    WheelName name;
    std::string dist_info; // "numpy-1.24.3.dist-info"
    ZipArchive archive;
    std::map<std::string, RecordedFile> record; // by member; RECORD itself and signatures left out
    std::vector<EntryPoint> scripts;            // console_scripts and gui_scripts
    std::vector<std::string> requirements;      // Requires-Dist
    Licenses licenses;
    std::string requires_python; // "Requires-Python" (PEP 440 specifiers), empty: any
};

// `digest` is the one the file was verified against.
Result<Wheel> open_wheel(const std::filesystem::path& path, const Digest& digest);

} // namespace pedigree::imagebuild
