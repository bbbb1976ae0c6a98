#include "records/pod/signature.h"

#include <nlohmann/json.hpp>

#include "base/hmac.h"

namespace pedigree::records::pod {
namespace {

constexpr const char* signature_field = "signature";

std::string_view first_line(SignedText what) {
    return what == SignedText::Bundle ? "pedigree bundle v1\n" : "pedigree news v1\n";
}

Digest digest_of(const Secret& key, SignedText what, std::string_view bytes) {
    return hmac_sha256(key.reveal(), std::string(first_line(what)).append(bytes));
}

} // namespace

std::string signature_of(const Secret& key, SignedText what, std::string_view bytes) {
    return digest_of(key, what, bytes).hex();
}

bool is_signature_of(const Secret& key, SignedText what, std::string_view bytes,
                     std::string_view signature) {
    const auto given = Digest::parse_hex(signature);
    return !key.empty() && given && equal_in_constant_time(*given, digest_of(key, what, bytes));
}

Json signed_bundle(Json document, const Secret& key) {
    document.erase(signature_field);
    document[signature_field] = signature_of(key, SignedText::Bundle, canonical_json(document));
    return document;
}

bool is_signed_bundle(const Json& document, const Secret& key) {
    const std::string signature = string_or(document, signature_field);
    if (signature.empty()) {
        return false;
    }
    Json rest = document;
    rest.erase(signature_field);
    return is_signature_of(key, SignedText::Bundle, canonical_json(rest), signature);
}

} // namespace pedigree::records::pod
