#pragma once
// Takes a credential out of what a server answered to the call that carried it, so that its words
// may be shown. Nothing else passes here: a text that a person or a script wrote is never compared
// with a secret, since "[redacted]" would confirm a guess and a secret's value would blank words.
//
//     redacted(answer_text, {password}, {request.url, request.body})
//
// A server may send back what it was sent: a secret that stands in `sent` already (in whatever
// letters and punctuation, as servers and we rewrite them) is left where it is. A guess that is
// right is then shown as one that is wrong. All pure.

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.h"

namespace pedigree {

// How a secret may stand in a text: its bytes, base64, URL form. Shorter than 6 bytes: none, since
// that would take ordinary words.
std::set<std::string> forms_of(const Secret& secret);
// Each place where one of them stands becomes "[redacted]".
std::string without(std::string_view text, const std::set<std::string>& forms);

// Give passwords, tokens and keys; a user's name, a region, an address is no secret.
std::string redacted(std::string_view answer, const std::vector<Secret>& secrets,
                     const std::vector<std::string>& sent);

} // namespace pedigree
