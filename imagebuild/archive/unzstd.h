#pragma once
// Decompresses a stream of zstd frames (RFC 8878) piece by piece, bounded in what may come out and
// in the window it may ask memory for: some bases have their layers so. One thread.

#include <cstdint>
#include <memory>

#include "imagebuild/archive/inflate.h"

namespace pedigree::imagebuild {

class Unzstd {
  public:
    explicit Unzstd(std::uint64_t unpacked_bytes_max);
    ~Unzstd();
    Unzstd(const Unzstd&) = delete;
    Unzstd& operator=(const Unzstd&) = delete;

    // Corrupt: no sound zstd. TooLarge: more than may come out.
    Status feed(std::string_view bytes, const ByteSink& sink);
    // Corrupt if the stream ended inside a frame.
    Status finish() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace pedigree::imagebuild
