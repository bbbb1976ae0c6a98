#pragma once
// Writes one image layer, a deterministic tar in gzip members, to a file while hashing both forms.
//
// A gzip file may be any number of members one behind the other, and unpacks to what they hold
// together (RFC 1952, section 2.2; eStargz rests on the same). A wheel is a ZIP file whose members
// are deflate streams, and a gzip member is a deflate stream with ten bytes before and eight behind
// it: the CRC and the size, which the ZIP's directory has too. So nothing is compressed here:
//
//     tar:   | header a | content of a       | padding, header b | content of b      | ...
//     gzip:  | ours     | the wheel's, as is | ours              | the wheel's, as is | ours
//
// What lies between is our own (run_deflate.h), so that a layer's digest depends on no compressor's
// version. The tar's digest is the layer's diff id, the gzip file's its digest (OCI image-spec,
// config.md and descriptor.md). What is passed through is inflated beside it, and must have the
// CRC, the size and the sha256 that the ZIP and RECORD give: a member that lied would shift all of
// the tar behind it.
//
//     TRY(LayerWriter writer, LayerWriter::create(file));
//     TRY(writer.directory("usr/share/demo"));
//     TRY(writer.member("usr/share/demo/a.bin", 0644, wheel.archive, member, digest));
//     TRY(const LayerDescriptor layer, writer.finish());
//
// Entries come in byte order of their paths, parents first; the caller sees to it. Memory is
// bounded by own_bytes_max whatever the layer's size; an eStargz's table takes about 1 KiB a file
// besides. One thread. Errors: PathRefused for a path that could be taken for another place or for
// an instruction (layer_path.h), WheelRefused, Unavailable if the file cannot be written; what was
// written before one is to be thrown away.

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
    // Of the folder only what this layer brings is seen (OCI image-spec, layer.md, "Opaque
    // Whiteout"). Before anything in it.
    Status hide_below(const std::string& folder);
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
