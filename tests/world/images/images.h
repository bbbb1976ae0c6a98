#pragma once
// A registry with hostile bases and an index with hostile wheels, in memory, and an assembly of an
// image from them: what comes out, file by file. Bases are said as lists of files.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "imagebuild/assembly.h"
#include "tests/fakes/memory_registry.h"
#include "tests/fakes/scratch.h"
#include "tests/unit/imagebuild/zip_maker.h"

namespace pedigree::imagebuild {

struct BaseFile {
    enum class Kind { File, Symlink, HardLink, Folder };
    std::string path;
    Kind kind = Kind::File;
    std::string text; // content, or what a link points to
    unsigned mode = 0755;
};
using FileList = std::vector<BaseFile>;

// As `python:3.11-slim` has it; what is passed comes behind.
FileList slim(const FileList& more = {});
BaseFile file(std::string path, std::string text = "");
BaseFile symlink(std::string path, std::string target);
BaseFile hard_link(std::string path, std::string target);
BaseFile folder(std::string path, unsigned mode = 0755);
// An ELF file that says its release as CPython does.
std::string python_program(const std::string& release);
std::string tar_of(const FileList& files);
// A frame of raw blocks.
std::string zstd_of(const std::string& bytes);

struct MadeWheel {
    std::string name, version = "1.0", tags = "py3-none-any", build = "";
    std::map<std::string, std::string> files;
    std::string requires_python = "";
    std::string algorithm = "sha256";    // of RECORD
    std::vector<std::string> twice = {}; // files that RECORD lists twice
    std::vector<std::string> requires_dist = {};
    std::size_t padding = 0; // bytes of one more file, which does not shrink
};

struct Outcome {
    std::string refusal; // the error's message, or empty
    std::string reason;
    std::vector<std::string> warnings;
    std::map<std::string, std::string> files; // of our layers: path, "d" "f" or "-> target"
    std::map<std::string, std::vector<std::string>> texts; // of small ones, each layer's
    BaseInventory inventory;
    std::string manifest;

    bool has(const std::string& path) const { return files.contains(path); }
};

class Images {
  public:
    struct Packed {
        std::string type = "application/vnd.oci.image.layer.v1.tar";
        bool zstd = false;
        std::string search_path = "/usr/local/bin:/usr/bin:/bin";
        Json labels = {};
    };
    Digest base(const std::vector<FileList>& layers, const Packed& packed);
    Digest base(const std::vector<FileList>& layers) { return base(layers, Packed()); }
    Digest base(const FileList& layer) { return base(std::vector<FileList>{layer}); }
    Digest index_of(const std::vector<std::pair<std::string, Digest>>& variants);
    // Onto the index and into the lock.
    void add(const MadeWheel& wheel);
    std::string wheel_bytes(const MadeWheel& wheel) const;

    Outcome assemble(const Digest& base);

    MemoryRegistry http;
    std::optional<std::string> lock = "";
    std::string program = "python";
    bool look_for_program = false;
    std::map<std::string, std::string> code{{"train.py", "print(1)\n"}};
    std::map<std::string, std::string> made; // wheels by file name

  private:
    Scratch scratch_, cache_;
};

} // namespace pedigree::imagebuild
