// A package index's page of a project, as HTML and as JSON. A file's name becomes a path of ours.
#include <algorithm>

#include "imagebuild/wheel/index.h"
#include "imagebuild/wheel/wheel_name.h"
#include "net/url.h"
#include "tests/fuzz/targets.h"

namespace pedigree::fuzz {

void page(std::string_view input) {
    using namespace imagebuild;
    for (const char* type : {"text/html", "application/vnd.pypi.simple.v1+json"}) {
        for (const IndexFile& file : parse_index_page(input, type, "https://i.example/simple/x/")) {
            require(!file.name.empty() && file.name.find('/') == file.name.npos);
            require(file.sha256_hex.size() <= input.size() && net::parse_url(file.url).has_value());
            const bool printable = std::all_of(file.name.begin(), file.name.end(),
                                               [](char c) { return c > ' ' && c < 0x7f; });
            require(printable || !parse_wheel_name(file.name));
        }
    }
}

} // namespace pedigree::fuzz
