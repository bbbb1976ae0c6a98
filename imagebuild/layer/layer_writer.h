#pragma once
// Writes one image layer, a deterministic tar in gzip members, to a file while hashing both forms.
// What a wheel holds deflated is passed through as it is: its bytes become a gzip member between
// members of our own that hold the tar's headers (eStargz is of this form, too). So a layer
// costs no compression, and its digest depends on no compressor but run_deflate.
//
// Entries come in byte order of their paths, parents first; the caller sees to it. Memory is
// bounded by own_bytes_max whatever the layer's size; an eStargz's table takes about 1 KiB a file
// besides. One thread.

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "base/digest.h"
#include "imagebuild/archive/zip.h"
#include "imagebuild/layer/tar_entry.h"
#include "pipeline/spec/layer_form.h"

namespace pedigree::imagebuild {

using spec::LayerForm;

struct LayerDescriptor {
    Digest digest;  // of the gzip file
    Digest diff_id; // of the tar
    std::uint64_t bytes = 0;
    std::optional<Digest> toc_digest = {}; // of an eStargz: its table of contents

    bool operator==(const LayerDescriptor&) const = default;
};

class LayerWriter {
  public:
    static Result<LayerWriter> create(const std::filesystem::path& file,
                                      LayerForm form = LayerForm::Gzip);
    ~LayerWriter();
    LayerWriter(LayerWriter&&) noexcept;
    LayerWriter& operator=(LayerWriter&&) noexcept;

    Status directory(const std::string& path);
    Status symlink(const std::string& path, const std::string& target);
    Status file(const std::string& path, unsigned mode, std::string_view bytes);
    // A member of a wheel; WheelRefused if its bytes have not the digest that RECORD gives.
    Status member(const std::string& path, unsigned mode, const ZipArchive& archive,
                  const ZipMember& member, const Digest& expected);

    Result<LayerDescriptor> finish();

  private:
    struct State;
    explicit LayerWriter(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

} // namespace pedigree::imagebuild
