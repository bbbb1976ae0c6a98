#pragma once
// SHA-256 digests. A Digest prints as "sha256:<64 hex>", the form used by registries, the CRD and
// the records. Sha256 hashes streams in constant memory; one object per stream, not shared.

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace pedigree {

struct Digest {
    std::array<std::uint8_t, 32> bytes{};

    auto operator<=>(const Digest&) const = default;

    std::string hex() const;  // 64 lower-case digits
    std::string text() const; // "sha256:" + hex

    // Accepts "sha256:<64 lower-case hex>" only.
    static Result<Digest> parse(std::string_view text);
    // Accepts 64 hex digits only, as sha256sum prints them.
    static Result<Digest> parse_hex(std::string_view hex);
};

class Sha256 {
  public:
    Sha256();
    ~Sha256();
    Sha256(Sha256&&) noexcept;
    Sha256& operator=(Sha256&&) noexcept;

    void update(std::string_view bytes);
    Digest finish(); // afterwards the object hashes a new stream

  private:
    struct State;
    std::unique_ptr<State> state_;
};

Digest sha256(std::string_view bytes);

std::string to_hex(std::string_view bytes);
Result<std::string> from_hex(std::string_view hex);
std::string to_base64(std::string_view bytes);
Result<std::string> from_base64(std::string_view text);

} // namespace pedigree
