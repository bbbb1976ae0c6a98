#include "base/digest.h"

#include <openssl/evp.h>

#include "base/owned.h"

namespace pedigree {

struct Sha256::State {
    Owned<EVP_MD_CTX, EVP_MD_CTX_free> context{EVP_MD_CTX_new()};
    State() { EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr); }
};

Sha256::Sha256() : state_(std::make_unique<State>()) {}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(std::string_view bytes) {
    EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size());
}

Digest Sha256::finish() {
    Digest digest;
    unsigned int length = 0;
    EVP_DigestFinal_ex(state_->context.get(), digest.bytes.data(), &length);
    EVP_DigestInit_ex(state_->context.get(), EVP_sha256(), nullptr);
    return digest;
}

Digest sha256(std::string_view bytes) {
    Sha256 hash;
    hash.update(bytes);
    return hash.finish();
}

std::string Digest::hex() const {
    return to_hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

std::string Digest::text() const {
    return "sha256:" + hex();
}

Result<Digest> Digest::parse(std::string_view text) {
    constexpr std::string_view prefix = "sha256:";
    if (!text.starts_with(prefix)) {
        return failure(ErrorCode::InvalidInput, "\"" + std::string(text.substr(0, 80)) +
                                                    "\" is not a digest: sha256:<64 hex>");
    }
    return parse_hex(text.substr(prefix.size()));
}

Result<Digest> Digest::parse_hex(std::string_view hex) {
    const bool lower = hex.find_first_not_of("0123456789abcdef") == std::string_view::npos;
    if (hex.size() != 64 || !lower) {
        return failure(ErrorCode::InvalidInput,
                       "a SHA-256 digest has 64 lower-case hex digits, not \"" +
                           std::string(hex.substr(0, 80)) + "\"");
    }
    TRY(const std::string raw, from_hex(hex));
    Digest digest;
    std::copy(raw.begin(), raw.end(), digest.bytes.begin());
    return digest;
}

std::string to_hex(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    out.reserve(bytes.size() * 2);
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        out += digits[byte >> 4];
        out += digits[byte & 15];
    }
    return out;
}

Result<std::string> from_hex(std::string_view hex) {
    const auto value = [](char c) -> int {
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        if (c >= 'a' && c <= 'f') {
            return c - 'a' + 10;
        }
        return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
    };
    if (hex.size() % 2 != 0) {
        return failure(ErrorCode::InvalidInput, "odd number of hex digits");
    }
    std::string out;
    for (std::size_t i = 0; i < hex.size(); i += 2) {
        const int high = value(hex[i]);
        const int low = value(hex[i + 1]);
        if (high < 0 || low < 0) {
            return failure(ErrorCode::InvalidInput, "not a hex digit at byte " + std::to_string(i));
        }
        out += static_cast<char>(high * 16 + low);
    }
    return out;
}

std::string to_base64(std::string_view bytes) {
    std::string out(4 * ((bytes.size() + 2) / 3), '\0');
    EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                    reinterpret_cast<const unsigned char*>(bytes.data()),
                    static_cast<int>(bytes.size()));
    return out;
}

Result<std::string> from_base64(std::string_view text) {
    if (text.size() % 4 != 0) {
        return failure(ErrorCode::InvalidInput, "base64 text must be a multiple of 4 characters");
    }
    std::string out(text.size() / 4 * 3, '\0');
    const int length = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                       reinterpret_cast<const unsigned char*>(text.data()),
                                       static_cast<int>(text.size()));
    if (length < 0) {
        return failure(ErrorCode::InvalidInput, "not base64");
    }
    std::size_t padding = 0;
    while (padding < text.size() && padding < 2 && text[text.size() - 1 - padding] == '=') {
        ++padding;
    }
    out.resize(static_cast<std::size_t>(length) - (text.empty() ? 0 : padding));
    return out;
}

} // namespace pedigree
