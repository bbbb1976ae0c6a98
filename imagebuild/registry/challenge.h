#pragma once
// WWW-Authenticate (RFC 7235, section 4.1): several challenges in one or more fields, quoted
// commas, names without case.
//
//     Bearer realm="https://auth.example.com/token",service="registry",scope="repository:x:pull"
//     Basic realm="a, b"
//
// Pure; any thread.

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace pedigree::imagebuild {

struct Challenge {
    std::string scheme;                            // lower case: "bearer", "basic"
    std::map<std::string, std::string> parameters; // names in lower case
};

// What cannot be read is left out.
std::vector<Challenge> parse_challenges(std::string_view field);

} // namespace pedigree::imagebuild
