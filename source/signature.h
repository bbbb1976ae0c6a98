#pragma once
// What a signed commit is signed with, told by the first line of its signature (the header field
// "gpgsig"), in the words of git's gpg.format. Nothing is verified: whose key it is, pedigree does
// not know; that there is a signature, and of which form, is recorded for those who do. Pure.

#include <string_view>

namespace pedigree::source {

// "openpgp", "ssh", "x509"; "unknown" for what git does not make; empty for an empty signature.
std::string_view signature_kind(std::string_view signature);

} // namespace pedigree::source
