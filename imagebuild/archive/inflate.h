#pragma once
// Inflates a deflate stream (RFC 1951), bare or as a gzip member (RFC 1952), piece by piece, by
// zlib: it refuses the incomplete codes that those who unpack our layers refuse as well, which the
// faster ISA-L takes (docs/decisions/0002). Memory is fixed, about 300 KiB. One thread.

#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "base/result.h"

namespace pedigree::imagebuild {

using ByteSink = std::function<Status(std::string_view bytes)>;

enum class DeflateForm { Bare, Gzip };

class Inflater {
  public:
    explicit Inflater(DeflateForm form);
    ~Inflater();
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;

    // Sinks all that these bytes unpack to. Gives how many of them belong to the stream: fewer than
    // all where it ends; nothing, if they are no such stream, or a gzip member whose CRC or size is
    // wrong, and then nothing more may be fed. The one error is the sink's, handed on.
    Result<std::optional<std::size_t>> feed(std::string_view packed, const ByteSink& unpacked);
    bool ended() const;
    void restart();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace pedigree::imagebuild
