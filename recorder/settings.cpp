#include "recorder/settings.h"

#include <nlohmann/json.hpp>

#include "base/environment.h"
#include "base/json.h"

namespace pedigree::recorder {
namespace {

namespace fs = std::filesystem;
namespace pod = records::pod;

Result<std::string> environment_value(const char* name) {
    std::string value = environment_variable(name);
    if (value.empty()) {
        return failure(ErrorCode::InvalidInput, std::string(name) +
                                                    " is not set: this program runs in a pod that "
                                                    "pedigree's operator made");
    }
    return value;
}

} // namespace

fs::path Places::at(const std::string& path) const {
    return root_ / fs::path(path).relative_path();
}
fs::path Places::workspace() const {
    return at(pod::workspace_directory);
}
fs::path Places::exchange() const {
    return at(pod::exchange_directory);
}
fs::path Places::log_folder() const {
    return exchange() / pod::log_folder_name;
}
fs::path Places::report() const {
    return exchange() / pod::report_file_name;
}
fs::path Places::drained() const {
    return exchange() / pod::drained_file_name;
}
fs::path Places::journal() const {
    return at(pod::journal_directory);
}
fs::path Places::tools() const {
    return at(pod::tools_directory);
}
fs::path Places::operator_token() const {
    return at(pod::operator_token_path);
}
fs::path Places::termination_log() const {
    return at("/dev/termination-log");
}
fs::path Places::own_launcher() const {
    return at("/usr/bin/pedigree-launch");
}

Result<Settings> read_settings(const SettingsSource& source) {
    Settings settings;
    settings.places = Places(source.root);
    settings.port = source.port;
    TRY(const std::string text, environment_value("PEDIGREE_POD"));
    TRY(settings.pod_uid, environment_value("PEDIGREE_POD_UID"));
    auto config = parse_json(text).and_then(pod::pod_config_from);
    if (!config) {
        return tl::unexpected<Error>(std::move(config.error()).within("PEDIGREE_POD"));
    }
    settings.config = std::move(*config);
    return settings;
}

} // namespace pedigree::recorder
