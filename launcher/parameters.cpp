#include "launcher/parameters.h"

#include <fstream>
#include <sstream>

#include "launcher/sha256.h"

namespace pedigree::launcher {

Status check_parameters(const std::filesystem::path& file, const std::string& digest) {
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
                           ", and this pod was made for " + digest +
                           ": the command is not started with other parameters than are recorded");
    }
    return {};
}

} // namespace pedigree::launcher
