#pragma once
// What the environment must say about the user so that unchanged scripts run under a uid that
// /etc/passwd of the image does not know: HOME to write to, and LOGNAME and USER, at which Python's
// getpass looks first (MLflow's mlflow.user tag comes from there; without them the script fails
// with KeyError). Values that are set stay.

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace pedigree::launcher {

using Environment = std::map<std::string, std::string>;

// `passwd` is the text of /etc/passwd. Gives only the variables to add. Pure.
Environment missing_user_variables(const Environment& environment, std::string_view passwd,
                                   std::uint32_t uid, const std::filesystem::path& workspace);

Environment current_environment();

} // namespace pedigree::launcher
