#include "k8s/kubeconfig_file.h"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include "base/file.h"

namespace pedigree::k8s {

// Turns the YAML nodes into entries; the one place that sees them.
struct KubeconfigReader {
    static std::string scalar(const YAML::Node& node, const char* field) {
        const auto value = node.IsMap() ? node[field] : YAML::Node();
        return value && value.IsScalar() ? value.Scalar() : "";
    }

    static std::vector<std::string> scalars(const YAML::Node& list) {
        std::vector<std::string> out;
        for (const auto& item : list) {
            if (item.IsScalar()) {
                out.push_back(item.Scalar());
            }
        }
        return out;
    }

    static ExecPlugin exec(const YAML::Node& node, const std::string& folder) {
        ExecPlugin plugin;
        std::string program = scalar(node, "command");
        if (program.find('/') != std::string::npos && program.front() != '/') {
            program = folder + "/" + program; // a bare name is looked up in PATH
        }
        plugin.command.push_back(program);
        if (const auto args = node["args"]; args && args.IsSequence()) {
            const auto given = scalars(args);
            plugin.command.insert(plugin.command.end(), given.begin(), given.end());
        }
        if (const auto variables = node["env"]; variables && variables.IsSequence()) {
            for (const auto& variable : variables) {
                plugin.environment.emplace_back(scalar(variable, "name"),
                                                scalar(variable, "value"));
            }
        }
        plugin.api_version = scalar(node, "apiVersion");
        plugin.install_hint = scalar(node, "installHint");
        return plugin;
    }

    static KubeconfigEntry entry(const YAML::Node& node, const std::string& folder,
                                 std::string origin) {
        KubeconfigEntry out;
        out.folder_ = folder;
        out.origin_ = std::move(origin);
        for (const auto& field : node) {
            const std::string name = field.first.Scalar();
            out.fields_.push_back(name);
            if (field.second.IsScalar()) {
                out.scalars_[name] = field.second.Scalar();
            } else if (field.second.IsSequence()) {
                out.lists_[name] = scalars(field.second);
            } else if (name == "exec" && field.second.IsMap()) {
                out.exec_ = exec(field.second, folder);
            }
        }
        return out;
    }

    // Within one file the first of two equal names wins too.
    static void entries(const YAML::Node& root, const char* list, const char* kind,
                        const std::string& path, std::map<std::string, KubeconfigEntry>& out) {
        const auto folder = std::filesystem::absolute(path).parent_path().string();
        const auto items = root[list];
        if (!items || !items.IsSequence()) {
            return;
        }
        for (const auto& item : items) {
            const std::string name = scalar(item, "name");
            const auto value = item.IsMap() ? item[kind] : YAML::Node();
            if (value && value.IsMap()) {
                out.emplace(name,
                            entry(value, folder, fmt::format("{} {} in {}", kind, name, path)));
            }
        }
    }
};

std::string KubeconfigEntry::text(const std::string& field) const {
    const auto found = scalars_.find(field);
    return found == scalars_.end() ? "" : found->second;
}

std::string KubeconfigEntry::path(const std::string& field) const {
    const std::string value = text(field);
    return value.empty() || value.front() == '/' ? value : folder_ + "/" + value;
}

std::vector<std::string> KubeconfigEntry::list(const std::string& field) const {
    const auto found = lists_.find(field);
    return found == lists_.end() ? std::vector<std::string>() : found->second;
}

bool KubeconfigEntry::has(const std::string& field) const {
    return std::find(fields_.begin(), fields_.end(), field) != fields_.end();
}

Result<KubeconfigFile> read_kubeconfig(const std::string& path) {
    TRY(const auto text, read_file(path, kubeconfig_bytes_max));
    try {
        const YAML::Node root = YAML::Load(text);
        KubeconfigFile file;
        if (!root.IsMap()) {
            return failure(ErrorCode::InvalidInput, fmt::format("{} is no kubeconfig", path));
        }
        file.current_context = KubeconfigReader::scalar(root, "current-context");
        KubeconfigReader::entries(root, "clusters", "cluster", path,
                                  file.entries[EntryKind::Cluster]);
        KubeconfigReader::entries(root, "users", "user", path, file.entries[EntryKind::User]);
        KubeconfigReader::entries(root, "contexts", "context", path,
                                  file.entries[EntryKind::Context]);
        return file;
    } catch (const YAML::Exception& problem) {
        return failure(ErrorCode::InvalidInput,
                       fmt::format("{} is not valid YAML: line {}", path, problem.mark.line + 1));
    }
}

} // namespace pedigree::k8s
