#include "imagebuild/wheel/record_hash.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <openssl/evp.h>

#include "base/owned.h"

namespace pedigree::imagebuild {
namespace {

struct Algorithm {
    std::string_view name; // as Python's hashlib has it
    const EVP_MD* (*make)();
};
constexpr std::array algorithms{
    Algorithm{"sha256", EVP_sha256},     Algorithm{"sha384", EVP_sha384},
    Algorithm{"sha512", EVP_sha512},     Algorithm{"sha3_256", EVP_sha3_256},
    Algorithm{"sha3_384", EVP_sha3_384}, Algorithm{"sha3_512", EVP_sha3_512},
    Algorithm{"blake2b", EVP_blake2b512}};

std::string urlsafe_decoded(std::string_view text) {
    std::string plain(text);
    std::replace(plain.begin(), plain.end(), '-', '+');
    std::replace(plain.begin(), plain.end(), '_', '/');
    plain.append((4 - plain.size() % 4) % 4, '=');
    return from_base64(plain).value_or("");
}

} // namespace

struct RecordHash::State {
    std::string expected;
    const EVP_MD* algorithm = nullptr;
    Owned<EVP_MD_CTX, EVP_MD_CTX_free> context{EVP_MD_CTX_new()};
};

RecordHash::RecordHash(std::unique_ptr<State> state) : state_(std::move(state)) {}
RecordHash::~RecordHash() = default;
RecordHash::RecordHash(RecordHash&&) noexcept = default;
RecordHash& RecordHash::operator=(RecordHash&&) noexcept = default;

Result<RecordHash> RecordHash::parse(std::string_view text) {
    const std::size_t equals = std::min(text.find('='), text.size());
    const auto found =
        std::find_if(algorithms.begin(), algorithms.end(),
                     [&](const Algorithm& one) { return one.name == text.substr(0, equals); });
    auto state = std::make_unique<State>();
    if (found != algorithms.end() && equals < text.size()) {
        state->algorithm = found->make();
        state->expected = urlsafe_decoded(text.substr(equals + 1));
    }
    if (state->algorithm == nullptr ||
        state->expected.size() != static_cast<std::size_t>(EVP_MD_get_size(state->algorithm))) {
        return failure(ErrorCode::Corrupt, fmt::format("\"{}\" is no sha256 hash, nor a better one",
                                                       text.substr(0, 60)));
    }
    EVP_DigestInit_ex(state->context.get(), state->algorithm, nullptr);
    return RecordHash(std::move(state));
}

std::optional<Digest> RecordHash::sha256() const {
    if (EVP_MD_is_a(state_->algorithm, "SHA256") == 0) {
        return std::nullopt;
    }
    Digest digest;
    std::copy(state_->expected.begin(), state_->expected.end(), digest.bytes.begin());
    return digest;
}

void RecordHash::update(std::string_view bytes) {
    EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size());
}

bool RecordHash::fits() const {
    std::string made(EVP_MAX_MD_SIZE, '\0');
    unsigned int length = 0;
    const Owned<EVP_MD_CTX, EVP_MD_CTX_free> copy(EVP_MD_CTX_new());
    EVP_MD_CTX_copy_ex(copy.get(), state_->context.get());
    EVP_DigestFinal_ex(copy.get(), reinterpret_cast<unsigned char*>(made.data()), &length);
    made.resize(length);
    return made == state_->expected;
}

} // namespace pedigree::imagebuild
