#include "launcher/told.h"

#include <fstream>
#include <sstream>

#include "launcher/sha256.h"

namespace pedigree::launcher {

Status check_told_file(const std::filesystem::path& file, const std::string& digest,
                       const std::string& else_said) {
    if (digest.empty()) {
        return {};
    }
    std::ostringstream bytes;
    std::ifstream in(file, std::ios::binary);
    bytes << in.rdbuf();
    const std::string found = "sha256:" + sha256_hex(bytes.str());
    if (!in.is_open() || found != digest) {
        return failure(ErrorCode::Forbidden,
                       file.string() + (in.is_open() ? " is " + found : " is not there") +
                           ", and this pod was made for " + digest + ": " + else_said);
    }
    return {};
}

Status check_told(const Options& options) {
    TRY(check_told_file(options.configuration, options.configuration_digest,
                        "somebody put another ConfigMap into the place of the attempt's"));
    return check_told_file(options.parameters, options.parameters_digest,
                           "the command is not started with other parameters than are recorded");
}

} // namespace pedigree::launcher
