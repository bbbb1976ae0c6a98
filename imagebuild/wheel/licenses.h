#pragma once
// The licences that a distribution's METADATA claims (core metadata 2.4, PEP 639): an SPDX
// expression if it has one, else the words of its License field and of its licence classifiers, as
// they stand there. Nothing is read into them. Pure.

#include <map>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace pedigree::imagebuild {

struct Licenses {
    std::string expression;         // of License-Expression, empty: none
    std::vector<std::string> names; // only without an expression; each once

    bool operator==(const Licenses&) const = default;
};

// `metadata` is as parse_header_fields gives it. A License field that is longer than a name is left
// out: some hold a licence's whole text.
Licenses licenses_of(const std::multimap<std::string, std::string>& metadata);

Json licenses_json(const Licenses& licenses);
Result<Licenses> licenses_from(const Json& document);

} // namespace pedigree::imagebuild
