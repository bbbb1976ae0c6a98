#pragma once
// What prepare and recorder know before they begin: the pod's configuration from its file, whose
// digest the command line says, the pod's uid from the environment (PEDIGREE_POD_UID), and where
// things lie. `root` is "/" in a pod; tests put a whole pod below a folder. Values.

#include <filesystem>
#include <string>

#include "base/result.h"
#include "records/pod/config.h"
#include "records/pod/paths.h"

namespace pedigree::recorder {

class Places {
  public:
    explicit Places(std::filesystem::path root = "/") : root_(std::move(root)) {}

    // An absolute path of the pod, below the root.
    std::filesystem::path at(const std::string& path) const;

    std::filesystem::path workspace() const;
    std::filesystem::path exchange() const;
    std::filesystem::path log_folder() const;
    std::filesystem::path report() const;
    std::filesystem::path drained() const;
    std::filesystem::path journal() const;
    std::filesystem::path tools() const;
    std::filesystem::path configuration() const;
    std::filesystem::path operator_token() const;
    std::filesystem::path termination_log() const;
    std::filesystem::path own_launcher() const; // in pedigree's image

  private:
    std::filesystem::path root_;
};

struct Settings {
    records::pod::PodConfig config;
    std::string pod_uid;
    Places places;
    std::uint16_t port = 0;
};

// What the command line says.
struct SettingsSource {
    std::string root = "/";
    std::uint16_t port = records::pod::recorder_port;
    std::string configuration_digest; // "sha256:<64 hex>"
};

// InvalidInput says what is missing. Corrupt (ConfigurationDiffers): the file is not the one that
// the operator wrote.
Result<Settings> read_settings(const SettingsSource& source);

} // namespace pedigree::recorder
