#include "imagebuild/inventory/inventory_scan.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "imagebuild/lock/python_name.h"
#include "imagebuild/wheel/wheel_tables.h"

namespace pedigree::imagebuild {
namespace {

constexpr std::size_t metadata_bytes_max = 256 * 1024;
constexpr std::size_t libc_bytes_max = 8 * 1024 * 1024;
constexpr std::size_t os_release_bytes_max = 16 * 1024;
constexpr int shallow_depth = 5;
constexpr int links_followed_max = 40;

std::string_view file_name(std::string_view path) {
    return path.substr(path.rfind('/') + 1); // npos + 1 is 0
}
std::string folder_of(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    return std::string(slash == path.npos ? std::string_view() : path.substr(0, slash));
}

// The site folder that the path lies below, or nothing.
std::string_view site_of(std::string_view path) {
    for (const std::string_view name : {"/site-packages", "/dist-packages"}) {
        const std::size_t at = path.find(name);
        if (at != path.npos && (at + name.size() == path.size() || path[at + name.size()] == '/')) {
            return path.substr(0, at + name.size());
        }
    }
    return {};
}

// Directly below the site folder: what a package carries along for itself (setuptools/_vendor) is
// not installed.
bool is_metadata(std::string_view path) {
    const std::string_view site = site_of(path);
    if (site.empty() || path.size() <= site.size()) {
        return false;
    }
    const std::string_view below = path.substr(site.size() + 1);
    const std::size_t slash = below.find('/');
    const std::string_view folder = below.substr(0, slash);
    const std::string_view file = slash == below.npos ? "" : below.substr(slash + 1);
    return (folder.ends_with(".dist-info") && file == "METADATA") ||
           (folder.ends_with(".egg-info") && (file == "PKG-INFO" || file.empty()));
}
bool is_libc(std::string_view path) {
    const std::string_view name = file_name(path);
    return name == "libc.so.6" || (name.starts_with("libc-2.") && name.ends_with(".so"));
}
bool is_os_release(std::string_view path) {
    return path == "etc/os-release" || path == "usr/lib/os-release";
}
bool is_python(std::string_view path) {
    const std::string_view name = file_name(path);
    return name.starts_with("python") && folder_of(path).ends_with("bin");
}

// "GNU C Library (Debian GLIBC 2.36-9) stable release version 2.36."
std::string libc_release(std::string_view content) {
    constexpr std::string_view words = "stable release version 2.";
    const std::size_t at = content.find(words);
    if (at == content.npos) {
        return {};
    }
    content.remove_prefix(at + words.size());
    return std::string(content.substr(0, content.find_first_not_of("0123456789")));
}

int number_of(std::string_view text) {
    int value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

std::string plain(std::string_view path) {
    path.remove_prefix(std::min(path.find_first_not_of('/'), path.size()));
    return std::string(path);
}

// ".." and "." taken out; a path above the root stays at the root, as the kernel has it.
std::string normal(std::string_view path) {
    std::vector<std::string_view> parts;
    for (std::size_t begin = 0; begin <= path.size();) {
        const std::size_t end = std::min(path.find('/', begin), path.size());
        const std::string_view part = path.substr(begin, end - begin);
        if (part == "..") {
            if (!parts.empty()) {
                parts.pop_back();
            }
        } else if (!part.empty() && part != ".") {
            parts.push_back(part);
        }
        begin = end + 1;
    }
    return fmt::format("{}", fmt::join(parts, "/"));
}

} // namespace

std::size_t InventoryScan::content_bytes_wanted(const TarItem& item) {
    if (item.type != TarItemType::File) {
        return 0;
    }
    if (is_metadata(item.path)) {
        return metadata_bytes_max;
    }
    if (is_libc(item.path)) {
        return libc_bytes_max;
    }
    return is_os_release(item.path) ? os_release_bytes_max : 0;
}

Status InventoryScan::take(const TarItem& item, std::string_view content) {
    const std::string_view name = file_name(item.path);
    if (name == ".wh..wh..opq") {
        remove_below(folder_of(item.path));
        return {};
    }
    if (name.starts_with(".wh.")) {
        const std::string folder = folder_of(item.path);
        const std::string gone = (folder.empty() ? "" : folder + "/") + std::string(name.substr(4));
        remove_below(gone);
        entries_.erase(gone);
        return {};
    }
    const bool shallow = std::count(item.path.begin(), item.path.end(), '/') < shallow_depth;
    const bool kept_folder =
        item.type == TarItemType::Directory && (shallow || !site_of(item.path).empty());
    const bool kept_link = item.type == TarItemType::Symlink &&
                           (shallow || !site_of(item.path).empty() || is_python(item.path));
    const bool kept_file = is_metadata(item.path) || is_libc(item.path) ||
                           is_os_release(item.path) || is_python(item.path) || name == "pyvenv.cfg";
    if (item.type != TarItemType::Directory) {
        remove_below(item.path);
        entries_.erase(item.path);
    }
    if (!kept_folder && !kept_link && !kept_file) {
        return {};
    }
    Entry entry{item.type, item.target, layer_};
    if (item.type == TarItemType::File) {
        entry.text = is_libc(item.path) ? libc_release(content) : std::string(content);
    }
    taken_bytes_ += item.path.size() + entry.text.size();
    if (entries_.size() >= entries_max || taken_bytes_ > taken_bytes_max) {
        return failure(ErrorCode::TooLarge, "BaseRefused",
                       "the base image holds more Python packages than are read");
    }
    entries_.insert_or_assign(item.path, std::move(entry));
    return {};
}

// What the layers below have at and under the folder; a layer's own entries stay.
void InventoryScan::remove_below(const std::string& path) {
    const std::string prefix = path.empty() ? "" : path + "/";
    for (auto at = entries_.lower_bound(prefix);
         at != entries_.end() && at->first.starts_with(prefix);) {
        at = at->second.layer < layer_ ? entries_.erase(at) : std::next(at);
    }
}

// The path with every symlink on its way followed.
std::string InventoryScan::resolved(std::string path) const {
    path = normal(path);
    for (int followed = 0; followed < links_followed_max; ++followed) {
        bool changed = false;
        for (std::size_t end = 0; end != path.npos && !changed;) {
            end = path.find('/', end + 1);
            const std::string head = path.substr(0, end);
            const auto entry = entries_.find(head);
            if (entry == entries_.end() || entry->second.type != TarItemType::Symlink) {
                continue;
            }
            const std::string& target = entry->second.text;
            const std::string rest = end == path.npos ? "" : path.substr(end);
            const std::string from = target.starts_with('/') ? "" : folder_of(head);
            path = normal(from + "/" + target + rest);
            changed = true;
        }
        if (!changed) {
            return path;
        }
    }
    return path;
}

std::string InventoryScan::find_interpreter(const Json& config) const {
    std::string search = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    for (const Json& variable : at_path(config, {"config", "Env"})) {
        const std::string text = variable.is_string() ? variable.get<std::string>() : "";
        if (text.starts_with("PATH=")) {
            search = text.substr(5);
        }
    }
    for (const char* name : {"python3", "python"}) {
        for (std::size_t begin = 0; begin <= search.size();) {
            const std::size_t end = std::min(search.find(':', begin), search.size());
            const std::string path = search.substr(begin, end - begin) + "/" + name;
            if (exists(path)) {
                return "/" + plain(path);
            }
            begin = end + 1;
        }
    }
    return {};
}

// Where pip of that Python would install to.
InstallScheme InventoryScan::scheme_of(const std::string& interpreter, int minor) const {
    const auto prefix_of = [](const std::string& path) {
        return folder_of(folder_of(plain(path)));
    };
    const bool virtual_environment = exists(prefix_of(interpreter) + "/pyvenv.cfg");
    std::string prefix =
        virtual_environment ? prefix_of(interpreter) : prefix_of(resolved(interpreter));
    std::string packages = "site-packages";
    if (!virtual_environment && prefix == "usr") {
        prefix = "usr/local"; // the distribution's own Python installs there
        for (const char* path : {"etc/os-release", "usr/lib/os-release"}) {
            const auto release = entries_.find(resolved(path));
            const bool debian = release != entries_.end() &&
                                (release->second.text.find("debian") != std::string::npos ||
                                 release->second.text.find("ubuntu") != std::string::npos);
            packages = debian ? "dist-packages" : packages;
        }
    }
    InstallScheme scheme;
    scheme.interpreter = interpreter;
    scheme.data = resolved(prefix);
    scheme.scripts = resolved(prefix + "/bin");
    scheme.site = resolved(fmt::format("{}/lib/python3.{}/{}", prefix, minor, packages));
    scheme.headers = resolved(fmt::format("{}/include/python3.{}", prefix, minor));
    return scheme;
}

void InventoryScan::find_distributions(BaseInventory& inventory) const {
    for (const auto& [path, entry] : entries_) {
        if (!is_metadata(path) || entry.type == TarItemType::Directory) {
            continue;
        }
        const auto fields = parse_header_fields(entry.text);
        const auto name = fields.find("name");
        const auto version = fields.find("version");
        if (name == fields.end() || version == fields.end()) {
            continue;
        }
        InstalledDistribution one{
            name->second, version->second, std::string(site_of(path)), {}, licenses_of(fields)};
        const auto [begin, end] = fields.equal_range("requires-dist");
        std::for_each(begin, end,
                      [&](const auto& field) { one.requirements.push_back(field.second); });
        inventory.distributions.push_back(std::move(one));
    }
}

void InventoryScan::find_directories(BaseInventory& inventory) const {
    const InstallScheme& scheme = inventory.scheme;
    for (const auto& [path, entry] : entries_) {
        const bool ours =
            path.starts_with(scheme.site + "/") || path.starts_with(scheme.data + "/");
        if (entry.type == TarItemType::Directory && ours) {
            inventory.directories.insert(path);
        }
    }
}

int InventoryScan::glibc_minor() const {
    int best = 0;
    for (const auto& [path, entry] : entries_) {
        if (is_libc(path) && entry.type != TarItemType::Symlink) {
            const std::string_view name = file_name(path);
            constexpr std::string_view prefix = "libc-2.";
            best = std::max(best, name.starts_with(prefix) ? number_of(name.substr(prefix.size()))
                                                           : number_of(entry.text));
        }
    }
    return best;
}

Result<BaseInventory> InventoryScan::finish(const Json& config) const {
    BaseInventory inventory;
    const std::string architecture = string_or(config, "architecture", "amd64");
    inventory.python.machine = architecture == "arm64"   ? "aarch64"
                               : architecture == "amd64" ? "x86_64"
                                                         : architecture;
    const std::string interpreter = find_interpreter(config);
    const std::string real = resolved(interpreter);
    const std::string_view name = file_name(real);
    constexpr std::string_view versioned = "python3.";
    if (interpreter.empty() || !name.starts_with(versioned)) {
        return inventory;
    }
    inventory.has_python = true;
    inventory.python.minor = number_of(name.substr(versioned.size()));
    inventory.python.glibc_minor = glibc_minor();
    inventory.scheme = scheme_of(interpreter, inventory.python.minor);
    find_distributions(inventory);
    find_directories(inventory);
    return inventory;
}

} // namespace pedigree::imagebuild
