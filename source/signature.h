#pragma once
// What a signed commit is signed with, told by the first line of its signature, in the words of
// git's gpg.format. Nothing is verified: whose key it is, pedigree does not know. Pure.

#include <string_view>

namespace pedigree::source {

// "openpgp", "ssh", "x509"; "unknown" for what git does not make; empty for an empty signature.
std::string_view signature_kind(std::string_view signature);

} // namespace pedigree::source
