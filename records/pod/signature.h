#pragma once
// How the recorder of an attempt proves that it wrote something: HMAC-SHA256 with the attempt's
// key, which the operator made and gave to it alone. What is signed is told apart by its first
// line, so that news never passes for a record. Pure; any thread.
//
// A bundle carries its signature in itself, since two objects of a store are never replaced at
// once: the field `signature` is that of the canonical form of the document without it. Pages and
// artifacts stand in the bundle by their digests, so it covers them.

#include <cstddef>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/secret.h"

namespace pedigree::records::pod {

constexpr std::size_t record_key_bytes = 32;
constexpr const char* key_path = "/v1/attempts/key";       // at the operator
constexpr const char* events_path = "/v1/attempts/events"; // there, too
constexpr const char* signature_header = "Pedigree-Signature";

enum class SignedText { Bundle, News };

// 64 hex digits.
std::string signature_of(const Secret& key, SignedText what, std::string_view bytes);
bool is_signature_of(const Secret& key, SignedText what, std::string_view bytes,
                     std::string_view signature);

// The bundle's document with its signature.
Json signed_bundle(Json document, const Secret& key);
bool is_signed_bundle(const Json& document, const Secret& key);

} // namespace pedigree::records::pod
