#include "recorder/settings.h"

#include <nlohmann/json.hpp>

#include "base/digest.h"
#include "base/environment.h"
#include "base/file.h"
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

// The file, if it is the one that the operator meant: a ConfigMap of that name may be another's.
Result<std::string> configuration_of(const SettingsSource& source) {
    TRY(const Digest wanted, Digest::parse(source.configuration_digest));
    const fs::path path = Places(source.root).configuration();
    TRY(std::string text, read_file(path, pod::configuration_bytes_max));
    const Digest found = sha256(text);
    if (found != wanted) {
        return failure(ErrorCode::Corrupt, "ConfigurationDiffers",
                       path.string() + " is " + found.text() + ", and this pod was made for " +
                           wanted.text() +
                           ": somebody put another ConfigMap into the place of the attempt's; let "
                           "it be, then run again");
    }
    return text;
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
fs::path Places::configuration() const {
    return at(pod::configuration_directory) / pod::configuration_file_name;
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
    TRY(settings.pod_uid, environment_value("PEDIGREE_POD_UID"));
    TRY(const std::string text, configuration_of(source));
    auto config = parse_json(text).and_then(pod::pod_config_from);
    if (!config) {
        return tl::unexpected<Error>(std::move(config.error()).within("the pod's configuration"));
    }
    settings.config = pod::in_pod(*std::move(config), settings.pod_uid);
    return settings;
}

} // namespace pedigree::recorder
