#pragma once
// Certificates made for a test: an authority and leaves that it signs, valid for an hour, P-256.

#include <string>

namespace pedigree::net {

struct Certificate {
    std::string certificate_pem;
    std::string key_pem;
};

Certificate make_authority(const std::string& common_name);
// For servers `address` becomes the subject alternative name (an IP address).
Certificate make_leaf(const Certificate& authority, const std::string& common_name,
                      const std::string& address = "");

} // namespace pedigree::net
