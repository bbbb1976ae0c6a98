#pragma once
// Inflates a gzip stream of any number of members piece by piece, bounded in what may come out.
// One thread.

#include <memory>

#include "imagebuild/archive/zip.h"

namespace pedigree::imagebuild {

class Gunzip {
  public:
    explicit Gunzip(std::uint64_t unpacked_bytes_max);
    ~Gunzip();
    Gunzip(const Gunzip&) = delete;
    Gunzip& operator=(const Gunzip&) = delete;

    Status feed(std::string_view bytes, const ByteSink& sink);
    // Corrupt if the stream ended inside a member.
    Status finish() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace pedigree::imagebuild
