#pragma once
// One kubeconfig file, read as it stands: its named clusters, users and contexts with their fields
// as text. Merging several and deciding what the fields mean is k8s/config.h. Pure but for reading.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "k8s/config.h"

namespace pedigree::k8s {

constexpr std::size_t kubeconfig_bytes_max = 4 * 1024 * 1024;

enum class EntryKind { Cluster, User, Context };

class KubeconfigEntry {
  public:
    // A scalar field; empty: absent.
    std::string text(const std::string& field) const;
    // A path field, resolved against the folder of its file.
    std::string path(const std::string& field) const;
    std::vector<std::string> list(const std::string& field) const;
    bool has(const std::string& field) const;
    std::optional<ExecPlugin> exec() const { return exec_; }
    // "user alice in ~/.kube/config", for messages.
    const std::string& origin() const { return origin_; }

  private:
    friend struct KubeconfigReader;
    std::map<std::string, std::string> scalars_;
    std::map<std::string, std::vector<std::string>> lists_;
    std::optional<ExecPlugin> exec_;
    std::vector<std::string> fields_;
    std::string folder_;
    std::string origin_;
};

struct KubeconfigFile {
    std::string current_context;
    std::map<EntryKind, std::map<std::string, KubeconfigEntry>> entries;
};

// NotFound; InvalidInput naming file and line.
Result<KubeconfigFile> read_kubeconfig(const std::string& path);

} // namespace pedigree::k8s
