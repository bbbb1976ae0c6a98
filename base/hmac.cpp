#include "base/hmac.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace pedigree {

Digest hmac_sha256(std::string_view key, std::string_view bytes) {
    Digest out;
    unsigned length = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
         reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), out.bytes.data(),
         &length);
    return out;
}

bool equal_in_constant_time(const Digest& one, const Digest& other) {
    return CRYPTO_memcmp(one.bytes.data(), other.bytes.data(), one.bytes.size()) == 0;
}

} // namespace pedigree
