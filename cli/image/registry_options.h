#pragma once
// The options of the commands that talk to registries themselves.

#include <string>
#include <vector>

#include "cli/app/syntax.h"

namespace pedigree::cli {

inline void describe_registry(std::string& ca_file, std::vector<std::string>& plain_http_hosts,
                              Syntax& syntax) {
    syntax.value("--ca-file", ca_file, "FILE", "Trust these CAs alone").from(Source::Files);
    syntax.values("--plain-http", plain_http_hosts, "HOST",
                  "A registry without TLS; may be given several times");
}

} // namespace pedigree::cli
