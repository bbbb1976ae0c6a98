#include "base/ids.h"

#include <cstdint>

#include <openssl/rand.h>

namespace pedigree {
namespace {

std::string format_uuid(std::string bytes, int version) {
    bytes[6] = static_cast<char>((bytes[6] & 0x0f) | (version << 4));
    bytes[8] = static_cast<char>((bytes[8] & 0x3f) | 0x80);
    const std::string hex = to_hex(bytes.substr(0, 16));
    return hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) + "-" +
           hex.substr(16, 4) + "-" + hex.substr(20, 12);
}

} // namespace

std::string random_bytes(std::size_t count) {
    std::string out(count, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(count)) != 1) {
        std::abort(); // without randomness neither salts nor TLS can be trusted
    }
    return out;
}

std::string random_uuid() {
    return format_uuid(random_bytes(16), 4);
}

double random_unit() {
    const std::string bytes = random_bytes(4);
    std::uint32_t value = 0;
    for (const char c : bytes) {
        value = value << 8 | static_cast<unsigned char>(c);
    }
    return static_cast<double>(value) / 4294967296.0;
}

std::string uuid_from(std::string_view text) {
    const Digest digest = sha256(text);
    return format_uuid({reinterpret_cast<const char*>(digest.bytes.data()), 16}, 8);
}

Digest commitment_digest(std::string_view salt, std::string_view text) {
    Sha256 hash;
    hash.update(salt);
    hash.update(text);
    return hash.finish();
}

Commitment commit_text(std::string_view text) {
    Commitment made;
    made.salt = random_bytes(32);
    made.digest = commitment_digest(made.salt, text);
    return made;
}

} // namespace pedigree
