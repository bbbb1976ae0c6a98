#pragma once
// A hash of a wheel's RECORD: "sha256 or better" (PyPA, binary distribution format), urlsafe base64
// without padding. Those that are not sha256 are proved by hashing: update() with all bytes of the
// file, then fits(). One thread.

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/digest.h"

namespace pedigree::imagebuild {

class RecordHash {
  public:
    // Corrupt for weaker and unknown hashes.
    static Result<RecordHash> parse(std::string_view text);
    ~RecordHash();
    RecordHash(RecordHash&&) noexcept;
    RecordHash& operator=(RecordHash&&) noexcept;

    std::optional<Digest> sha256() const;
    void update(std::string_view bytes);
    bool fits() const;

  private:
    struct State;
    explicit RecordHash(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

} // namespace pedigree::imagebuild
