#include "imagebuild/attest/image_facts.h"

#include <fmt/format.h>

#include "imagebuild/lock/python_name.h"
#include "net/url.h"

namespace pedigree::imagebuild {
namespace {

std::string python_purl(std::string_view name, std::string_view version) {
    return fmt::format("pkg:pypi/{}@{}", net::percent_encode(normalized_name(std::string(name))),
                       net::percent_encode(version));
}

} // namespace

std::string public_url(const std::string& url) {
    // parse_url refuses user information.
    const auto parsed = net::parse_url(url);
    return parsed ? parsed->origin() + parsed->path : "";
}

std::string wheel_purl(const UsedWheel& wheel) {
    return fmt::format("{}?file_name={}", python_purl(wheel.name, wheel.version),
                       net::percent_encode(wheel.file_name));
}

std::string distribution_purl(const InstalledDistribution& distribution) {
    return python_purl(distribution.name, distribution.version);
}

std::string image_purl(const std::string& name, const Digest& digest) {
    return fmt::format("pkg:oci/{}@{}?repository_url={}", name.substr(name.rfind('/') + 1),
                       digest.text(), net::percent_encode(name, "/:"));
}

} // namespace pedigree::imagebuild
