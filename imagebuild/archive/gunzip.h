#pragma once
// Inflates a gzip stream of any number of members (RFC 1952, section 2.2) piece by piece, bounded
// in what may come out: a layer of a stranger's base may be a bomb. Each member's CRC and size are
// checked. Errors: Corrupt, TooLarge, and the sink's own. One thread.

#include <cstdint>

#include "imagebuild/archive/inflate.h"

namespace pedigree::imagebuild {

class Gunzip {
  public:
    explicit Gunzip(std::uint64_t unpacked_bytes_max) : left_(unpacked_bytes_max) {}

    Status feed(std::string_view bytes, const ByteSink& sink);
    // Corrupt if the stream ended inside a member.
    Status finish() const;

  private:
    Inflater inflater_{DeflateForm::Gzip};
    std::uint64_t left_;  // bytes that may still come out
    bool inside_ = false; // a member has begun and not ended
};

} // namespace pedigree::imagebuild
