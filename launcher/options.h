#pragma once
// The launcher's command line:
//   pedigree-launch [--code DIR] [--workspace DIR] [--exchange DIR] [--drain-seconds N]
//                   [--train-seconds N] [--stop-seconds N] [--configuration FILE]
//                   [--configuration-digest sha256:HEX] [--parameters FILE]
//                   [--parameters-digest sha256:HEX] -- command args...
// Pure. InvalidInput names the argument.

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "records/pod/paths.h"

namespace pedigree::launcher {

struct Options {
    std::filesystem::path code; // empty: an image used as it is brings none
    std::filesystem::path workspace = records::pod::workspace_directory;
    std::filesystem::path exchange = records::pod::exchange_directory; // with the recorder
    std::filesystem::path configuration = records::pod::configuration_path;
    std::string configuration_digest; // "sha256:..."; empty: not checked
    std::filesystem::path parameters = records::pod::parameters_path;
    std::string parameters_digest;   // the same
    std::chrono::seconds drain{300}; // how long the recorder's record may stand still
    std::chrono::seconds train{0};   // 0: no limit
    std::chrono::seconds stop{60};   // between SIGTERM and SIGKILL
    std::vector<std::string> command;
};

Result<Options> parse_options(const std::vector<std::string>& arguments);

} // namespace pedigree::launcher
